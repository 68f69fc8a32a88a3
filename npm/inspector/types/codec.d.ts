/** A frame, whatever is wrong with it. Offsets and lengths are bytes. */
export interface Frame {
  /** Where it begins. */
  offset: number;
  headerLen: number;
  fin: boolean;
  rsv1: boolean;
  rsv2: boolean;
  rsv3: boolean;
  opcode: number;
  masked: boolean;
  /** 4 bytes; `null` if it isn't masked. */
  maskingKey: Uint8Array | null;
  /** As it is declared, however much of it there is. */
  payloadLen: number;
  /** What there is of it, unmasked. */
  payload: Uint8Array;
  isComplete: boolean;
}

/** Something that the RFCs don't allow. Offsets and lengths are bytes. */
export interface Violation {
  /** Its name, such as `UnmaskedClientFrame`. */
  rule: string;
  /** Where that is said, such as `RFC 6455 §5.1`. */
  section: string;
  /** Where the frame begins. */
  frameOffset: number;
  offset: number;
  len: number;
}

/** A field of a frame's header, or its payload. */
export interface Field {
  kind:
    | 'fin'
    | 'rsv1'
    | 'rsv2'
    | 'rsv3'
    | 'opcode'
    | 'mask'
    | 'payloadLen'
    | 'extendedPayloadLen'
    | 'maskingKey'
    | 'closeCode'
    | 'closeReason'
    | 'payload';
  /** Bits from the frame's first one. */
  bitOffset: number;
  bitLen: number;
  /** A BigInt above 2^53 − 1; `null` where it is bytes. */
  value: number | bigint | null;
}

/** Walks the frames of one direction, and goes on after violations. */
export function walk(
  bytes: Uint8Array,
  options?: {
    /** Without it, masking isn't judged. */
    sender?: 'client' | 'server';
    /** Whether RSV1 may be set. */
    permessageDeflate?: boolean;
  }
): { frames: Frame[]; violations: Violation[]; endsInside: boolean };

/** The fields of the frame that starts `bytes`, in wire order. */
export function fields(bytes: Uint8Array): Field[];
