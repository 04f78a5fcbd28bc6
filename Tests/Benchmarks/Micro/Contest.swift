/// The same work, done by us and by others in the same minute on the same machine.
struct Contest {
    /// What the result calls it.
    let name: String
    /// What is counted: a user, a digest.
    let unit: String
    /// How many of them one go does.
    let units: Int
    let contenders: [Contender]
}

/// One way to do the work.
struct Contender {
    /// What a contender is there for.
    enum Role: String {
        /// What the services do.
        case ours
        /// What one would do otherwise.
        case rival
        /// What no way of doing it can beat: the same bytes, only copied.
        case limit
    }

    let name: String
    let role: Role
    /// Bytes that one go reads or writes.
    let bytes: Int
    /// Does the work once, and returns a number that its result decides: it has to be the same each time.
    let work: () throws -> Int

    static func ours(_ name: String, bytes: Int, _ work: @escaping () throws -> Int) -> Contender {
        Contender(name: name, role: .ours, bytes: bytes, work: work)
    }

    static func rival(_ name: String, bytes: Int, _ work: @escaping () throws -> Int) -> Contender {
        Contender(name: name, role: .rival, bytes: bytes, work: work)
    }

    /// Copies `bytes`, piece by piece as the others take them.
    static func copying(_ pieces: [[UInt8]], rounds: Int = 1) -> Contender {
        let size = pieces.reduce(0) { $0 + $1.count }
        var target = [UInt8](repeating: 0, count: size)
        return Contender(name: "memcpy", role: .limit, bytes: size * rounds) {
            for _ in 0..<rounds { copy(pieces, to: &target) }
            return Int(target[target.count - 1])
        }
    }

    private static func copy(_ pieces: [[UInt8]], to target: inout [UInt8]) {
        unsafe target.withUnsafeMutableBytes { target in
            var start = 0
            for piece in pieces {
                let place = unsafe UnsafeMutableRawBufferPointer(rebasing: target[start...])
                unsafe piece.withUnsafeBytes { source in unsafe place.copyMemory(from: source) }
                start += piece.count
            }
        }
    }
}
