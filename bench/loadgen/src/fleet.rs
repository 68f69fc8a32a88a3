//! All connections of a run and the poll that watches them.

use std::io;
use std::time::{Duration, Instant};

use mio::{Events, Interest, Poll, Token};

use crate::connection::{Connection, Scratch};
use crate::error::Error;
use crate::script::Script;

const EVENTS: usize = 1024;
const STALL: Duration = Duration::from_secs(10);

pub(crate) struct Fleet {
    pub(crate) connections: Vec<Connection>,
    pub(crate) script: Script,
    poll: Poll,
    events: Events,
    scratch: Scratch,
    last_answer: Instant,
}

impl Fleet {
    /// Opens the connections. With a stride other than 0 they start at different frames of the script, so
    /// that an answer that goes to the wrong connection is a wrong answer.
    pub(crate) fn open(
        port: u16,
        connections: u32,
        script: Script,
        stride: usize,
    ) -> Result<Self, Error> {
        let poll = Poll::new()?;
        let connections = (0..connections as usize)
            .map(|index| open(&poll, port, index, &script, stride))
            .collect::<Result<_, Error>>()?;
        Ok(Self {
            connections,
            script,
            poll,
            events: Events::with_capacity(EVENTS),
            scratch: Scratch::new(),
            last_answer: Instant::now(),
        })
    }

    /// Waits for events and serves them: writes what is owed, checks what came, and tells `answered` how
    /// many answers have become whole on which connection. Compressed ones are checked after that, so that the
    /// server needn't wait for it.
    pub(crate) fn turn(
        &mut self,
        timeout: Duration,
        mut answered: impl FnMut(&mut Connection, &Script, usize, u64) -> Result<(), Error>,
    ) -> Result<(), Error> {
        match self.poll.poll(&mut self.events, Some(timeout)) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(()),
            result => result?,
        }
        let mut received = false;
        for event in &self.events {
            let Token(index) = event.token();
            let connection = &mut self.connections[index];
            if event.is_readable() {
                received = true;
                let answers = connection.receive(&self.script, &mut self.scratch)?;
                if answers > 0 {
                    answered(connection, &self.script, index, answers)?;
                }
            }
            if event.is_writable() {
                connection.flush(&self.script)?;
            }
        }
        for event in self.events.iter().filter(|event| event.is_readable()) {
            let Token(index) = event.token();
            self.connections[index].verify(&self.script, &mut self.scratch)?;
        }
        if received {
            self.last_answer = Instant::now();
        } else if self.waits() && self.last_answer.elapsed() > STALL {
            return Err(Error::Stalled(STALL.as_secs()));
        }
        Ok(())
    }

    /// Waits until every answer has come, so that a lost one is noticed.
    pub(crate) fn drain(
        &mut self,
        mut answered: impl FnMut(&mut Connection, &Script, usize, u64) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.last_answer = Instant::now();
        while self.waits() {
            self.turn(Duration::from_millis(100), &mut answered)?;
        }
        Ok(())
    }

    /// Opens a connection in the place of another, which is returned.
    pub(crate) fn reopen(
        &mut self,
        port: u16,
        index: usize,
        stride: usize,
    ) -> Result<Connection, Error> {
        let connection = open(&self.poll, port, index, &self.script, stride)?;
        Ok(std::mem::replace(&mut self.connections[index], connection))
    }

    /// Answers received on all connections, parts of long ones included.
    pub(crate) fn answers_with_parts(&self) -> f64 {
        let received_len: u64 = self.connections.iter().map(Connection::received_len).sum();
        received_len as f64 / self.script.expected_len as f64
    }

    fn waits(&self) -> bool {
        self.connections.iter().any(Connection::waits)
    }
}

fn open(
    poll: &Poll,
    port: u16,
    index: usize,
    script: &Script,
    stride: usize,
) -> Result<Connection, Error> {
    let first = script.first_frame(index, stride);
    let mut connection = Connection::open(port, index, script, first)?;
    let interest = Interest::READABLE | Interest::WRITABLE;
    poll.registry().register(&mut connection.stream, Token(index), interest)?;
    Ok(connection)
}
