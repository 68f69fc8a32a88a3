use super::output::MAX_PONGS_LEN;
use super::*;

#[test]
fn the_memory_of_a_long_output_is_given_back() {
    let mut server = Connection::server(ConnectionConfig::default());
    server.send_binary(&alloc::vec![0; 1 << 20]).unwrap();
    server.written(usize::MAX);
    assert!(server.output.memory_len() <= 64 * 1024);
}

#[test]
fn what_is_written_is_forgotten_while_more_is_sent() {
    let mut server = Connection::server(ConnectionConfig::default());
    for _ in 0..10_000 {
        server.send_binary(&[0; 100]).unwrap();
        if server.output().len() > 1000 {
            server.written(102);
        }
    }
    assert!(server.output().len() < 1200);
    assert!(server.output.memory_len() < MAX_PONGS_LEN);
}

#[test]
fn a_connection_can_move_to_another_thread() {
    fn is_send<T: Send>(_: &T) {}
    is_send(&Connection::server(ConnectionConfig::default()));
}
