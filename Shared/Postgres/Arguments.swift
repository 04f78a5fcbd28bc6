import Glibc

/// A statement's parameters as libpq takes them: one buffer with all values, each followed by a
/// zero byte, and where each one starts.
struct Arguments {
    private var storage: [UInt8] = []
    private var offsets: [Int] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []

    static let limit = 65_535

    /// - Throws: ``PostgresError`` for text with a `\0`, where C would take it to end, and for too many parameters.
    init(_ parameters: [Parameter]) throws {
        guard parameters.count <= Self.limit else {
            throw PostgresError(
                .tooManyParameters,
                "a statement takes \(Self.limit) parameters, not \(parameters.count): pass arrays and unnest them"
            )
        }
        offsets.reserveCapacity(parameters.count)
        lengths.reserveCapacity(parameters.count)
        formats.reserveCapacity(parameters.count)
        for parameter in parameters { try append(parameter) }
    }

    private mutating func append(_ parameter: Parameter) throws {
        let start = storage.count
        switch parameter {
        case .null:
            offsets.append(-1)
            lengths.append(0)
            formats.append(0)
            return
        case .text(let text):
            storage.append(contentsOf: text.utf8)
        case .utf8(let bytes), .bytes(let bytes):
            storage.append(contentsOf: bytes)
        }
        let isBinary = if case .bytes = parameter { true } else { false }
        if !isBinary, holdsZero(from: start) {
            throw PostgresError(.invalidText, #"parameter $\#(offsets.count + 1) holds a \0, which text cannot"#)
        }
        guard let length = Int32(exactly: storage.count - start) else {
            throw PostgresError(.invalidText, "parameter $\(offsets.count + 1) is longer than 2 GB")
        }
        offsets.append(start)
        lengths.append(length)
        formats.append(isBinary ? 1 : 0)
        storage.append(0)
    }

    private func holdsZero(from start: Int) -> Bool {
        guard start < storage.count else { return false }
        return storage.withUnsafeBytes { bytes in
            let text = UnsafeRawBufferPointer(rebasing: bytes[start...])
            return text.baseAddress.map { memchr($0, 0, text.count) != nil } ?? false
        }
    }

    /// Lends the four lists that libpq's functions take.
    func withPointers<Result>(
        _ body: (
            _ count: Int32, _ values: [UnsafePointer<CChar>?], _ lengths: [Int32], _ formats: [Int32]
        ) throws -> Result
    ) rethrows -> Result {
        try storage.withUnsafeBytes { bytes in
            let values = offsets.map { offset in
                offset < 0 ? nil : bytes.baseAddress.map { ($0 + offset).assumingMemoryBound(to: CChar.self) }
            }
            return try body(Int32(values.count), values, lengths, formats)
        }
    }
}
