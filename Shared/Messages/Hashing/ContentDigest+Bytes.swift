/// Digests as a database keeps them: sixteen bytes each, the most significant one first.
extension ContentDigest {
    /// The sixteen bytes.
    public var bytes: [UInt8] { Self.bytes(of: CollectionOfOne(self)) }

    /// The bytes of digests, one after the other.
    public static func bytes(of digests: some Collection<ContentDigest>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16 * digests.count)
        for digest in digests {
            unsafe withUnsafeBytes(of: (digest.high.bigEndian, digest.low.bigEndian)) {
                unsafe bytes.append(contentsOf: $0)
            }
        }
        return bytes
    }

    /// - Parameter bytes: Sixteen bytes; `nil` for any other number.
    public init?(bytes: Span<UInt8>) {
        guard bytes.count == 16 else { return nil }
        self.init(high: Self.half(bytes, 0), low: Self.half(bytes, 8))
    }

    /// Reads digests that stand one after the other; `nil` where one is cut off.
    public static func list(_ bytes: Span<UInt8>) -> [ContentDigest]? {
        guard bytes.count.isMultiple(of: 16) else { return nil }
        return stride(from: 0, to: bytes.count, by: 16).map { start in
            ContentDigest(high: half(bytes, start), low: half(bytes, start + 8))
        }
    }

    private static func half(_ bytes: Span<UInt8>, _ start: Int) -> UInt64 {
        UInt64(bigEndian: unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self))
    }
}
