// Frames in words that our tools and Wireshark's share.

// Ours, of what fwcap prints.
export function ours(frame) {
  return {
    toServer: frame.toServer,
    fin: frame.fin,
    rsv: frame.rsv,
    opcode: frame.opcode,
    maskingKey: frame.maskingKey,
    payloadLen: frame.payloadLen,
    payload: frame.payload
  };
}

// Theirs, of the layers that tshark prints.
export function theirs({ websocket, tcp }, clientPort) {
  const len =
    websocket['websocket.payload_length_ext_64'] ??
    websocket['websocket.payload_length_ext_16'] ??
    websocket['websocket.payload_length'];
  const compressed = websocket['websocket.pmc'] === '1' ? 4 : 0;

  return {
    toServer: tcp['tcp.srcport'] === clientPort,
    fin: websocket['websocket.fin'] === '1',
    rsv: Number(websocket['websocket.rsv']) | compressed,
    opcode: Number(websocket['websocket.opcode']),
    maskingKey: websocket['websocket.masking_key_raw']?.[0] ?? null,
    payloadLen: Number(len),
    payload: websocket['websocket.payload_raw']?.[0] ?? ''
  };
}
