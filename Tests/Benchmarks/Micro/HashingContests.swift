import Crypto
import Messages

/// Digests of short, middling and long content.
struct HashingContests {
    /// Digests in one go are so many that a go takes long enough to be timed.
    private static let bytesAtOnce = 1 << 20

    /// What a key, a person and a page have.
    static let sizes = [64, 400, 65_536]

    static func hashing(of size: Int) -> Contest {
        let pieces = (0..<16).map { piece in (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ piece) } }
        let rounds = max(1, bytesAtOnce / (size * pieces.count))
        let bytes = size * pieces.count * rounds
        return Contest(
            name: "hash_\(size)",
            unit: "digest",
            units: pieces.count * rounds,
            contenders: [
                .ours("ContentDigest", bytes: bytes) {
                    sum(rounds, pieces) { Int(truncatingIfNeeded: ContentDigest(of: $0).low) }
                },
                .rival("Hasher", bytes: bytes) {
                    sum(rounds, pieces) { piece in
                        var hasher = Hasher()
                        unsafe piece.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
                        return hasher.finalize()
                    }
                },
                .rival("MD5", bytes: bytes) {
                    sum(rounds, pieces) { piece in
                        Insecure.MD5.hash(data: piece).reduce(0) { $0 << 8 ^ Int($1) }
                    }
                },
                .copying(pieces, rounds: rounds),
            ]
        )
    }

    @inline(__always)
    private static func sum(_ rounds: Int, _ pieces: [[UInt8]], _ digest: ([UInt8]) -> Int) -> Int {
        var sum = 0
        for _ in 0..<rounds {
            for piece in pieces { sum &+= digest(piece) }
        }
        return sum
    }
}
