// Which of our cases stand for each group of the Autobahn TestSuite's, so that a pass here predicts a pass there. Groups 8
// and 11 don't exist.

/** `cases`: Autobahn's numbers; `ours`: what our cases' names match, each at least once. */
export const AUTOBAHN = [
  {
    cases: '1.1.1–1.2.8, text and binary up to 65,536 bytes, also chopped',
    ours: [
      /^(text|binary) of (0|125|126|127|128|65535|65536) bytes$/,
      /messages, cut every 997 bytes$/
    ]
  },
  {
    cases: '2.1–2.11, pings and pongs',
    ours: [
      /^a ping without payload$/,
      /^a ping with text$/,
      /^a ping with bytes that aren’t UTF-8$/,
      /^a ping of 12[56] bytes/,
      /^a pong .*that nobody asked for/,
      /^ten pings/
    ]
  },
  {
    cases: '3.1–3.7, reserved bits',
    ours: [/^RSV [1-7] on a (text|binary|ping)$/, /^RSV [1-7] after a good/]
  },
  {
    cases: '4.1.1–4.2.5, reserved opcodes',
    ours: [/^opcode [3-7]\b/, /^opcode (11|12|13|14|15)\b/]
  },
  {
    cases: '5.1–5.20, fragments, with control frames between them',
    ours: [
      /^a fragmented (ping|pong)$/,
      /^(binary in )?two fragments$/,
      /^(a ping|pings) between/,
      /^fragments, byte by byte$/,
      /^an? (open )?continuation (of nothing|after)/,
      /^a (text|binary) inside a message$/
    ]
  },
  {
    cases: '6.1.1–6.23.7, UTF-8, failing at the first bad byte (6.4)',
    ours: [
      /^empty fragments around one$/,
      /, each byte a fragment$/,
      /, byte by byte$/,
      /^text that ends in /,
      /in a fragment, before the message's end$/,
      /in the middle of a frame that isn’t whole$/,
      /^around the surrogates$/,
      /^non-characters$/,
      /^the (first|last) of each length$/
    ]
  },
  {
    cases: '7.1.1–7.13.2, closing',
    ours: [
      /^frames after a close frame$/,
      /^rubbish after a close frame$/,
      /^a close frame (without body|inside a message|after a ping)$/,
      /^a body of one byte$/,
      /^a reason of 12[34] bytes$/,
      /^a reason that isn’t UTF-8$/,
      /^close code (1000|1001|1002|1003|1007|1011|3000|4999)\b/,
      /^close code (0|999|1004|1005|1006|1016|2999|5000|65535)\b/
    ]
  },
  {
    cases: '9.1.1–9.2.6, messages of 64 KiB to 16 MiB',
    ours: [/^(text|binary) of (65536|262144|1048576|4194304|16777216) bytes$/]
  },
  {
    // As with ws, 65,536 fragments of 64 bytes want a higher `maxFragments`.
    cases: '9.3.1–9.4.9, 4 MiB in fragments of 64 bytes to 4 MiB',
    ours: [/^4 MiB in fragments of (64|256|1024|4096|16384|\d{5,7}) bytes$/]
  },
  {
    // Shorter than 1 MiB where the pieces are: what counts is how many there are.
    cases: '9.5.1–9.6.6, 1 MiB chopped every 64 to 2048 bytes',
    ours: [
      /KiB of text, cut every (64|128|256|512|1024|2048) bytes$/,
      /KiB of binary, cut every 1024 bytes$/
    ]
  },
  {
    cases: '9.7.1–9.8.6, many messages in a row',
    ours: [/^500 messages in a row$/]
  },
  {
    cases: '10.1.1, one message in fragments of 1300 bytes',
    ours: [/^65536 bytes in fragments of 4096$/]
  },
  {
    cases: '12.1.1–12.5.18, compressed messages of all lengths',
    ours: [
      /^compressed (text|binary) of \d+ bytes$/,
      /^compressed, cut every/,
      /^fragments cut anywhere/,
      /^compressed with Z_/
    ]
  },
  {
    cases: '13.1.1–13.7.18, the parameters of permessage-deflate',
    ours: [
      /^server_max_window_bits=(9|15); client_max_window_bits=(9|15)$/,
      /server_no_context_takeover; server_max/,
      /client_no_context_takeover; server_max/
    ]
  }
];
