public import FoundationEssentials

/// Rows in the binary format of `COPY`, built byte by byte for the hot path.
///
/// ```swift
/// var rows = CopyRows(reserving: users.count * 120)
/// for user in users {
///     rows.beginRow(columns: 2)
///     rows.append(user.id)
///     rows.append(user.name)
/// }
/// let count = try connection.copy("copy staging (id, name) from stdin (format binary)", rows)
/// ```
///
/// Each value's Swift type must be that of its column: the server converts nothing.
public struct CopyRows: Sendable {
    private var bytes: [UInt8]
    /// Columns of the row in hand that are still to come.
    private var missing: Int16 = 0
    /// How many rows were begun.
    public private(set) var rowCount = 0

    /// - Parameter byteCount: About how many bytes will be appended.
    public init(reserving byteCount: Int = 0) {
        bytes = []
        bytes.reserveCapacity(byteCount + 32)
        bytes.append(contentsOf: Self.signature)
    }

    private static let signature: [UInt8] =
        [0x50, 0x47, 0x43, 0x4F, 0x50, 0x59, 0x0A, 0xFF, 0x0D, 0x0A, 0x00] + [UInt8](repeating: 0, count: 8)

    /// Whether no row was begun.
    public var isEmpty: Bool { rowCount == 0 }

    /// How many bytes there are, so that a caller can send what it has.
    public var byteCount: Int { bytes.count }

    /// Forgets all rows but keeps the memory.
    public mutating func removeAll() {
        precondition(missing == 0, "the last row lacks columns")
        bytes.removeLast(bytes.count - Self.signature.count)
        rowCount = 0
    }

    /// Begins a row, which must get `columns` values before the next one begins.
    public mutating func beginRow(columns: Int16) {
        precondition(missing == 0, "the last row lacks columns")
        missing = columns
        rowCount += 1
        appendBigEndian(columns)
    }

    /// A `text` (or `varchar`, or enum).
    public mutating func append(_ text: String?) {
        guard var text else { return appendNull() }
        text.withUTF8 { appendValue(UnsafeRawBufferPointer($0)) }
    }

    /// A `text` from its UTF-8.
    public mutating func append(utf8 text: some Collection<UInt8>) {
        let isContiguous: Void? = text.withContiguousStorageIfAvailable { appendValue(UnsafeRawBufferPointer($0)) }
        guard isContiguous == nil else { return }
        appendHead(text.count)
        bytes.append(contentsOf: text)
    }

    /// A `text` from its UTF-8.
    public mutating func append(utf8 text: Span<UInt8>) {
        text.withUnsafeBytes { appendValue($0) }
    }

    /// An `int8`.
    public mutating func append(_ number: Int64?) {
        appendInteger(number)
    }

    /// An `int4`.
    public mutating func append(_ number: Int32?) {
        appendInteger(number)
    }

    /// An `int2`.
    public mutating func append(_ number: Int16?) {
        appendInteger(number)
    }

    /// A `float8`.
    public mutating func append(_ number: Double?) {
        appendInteger(number?.bitPattern)
    }

    /// A `bool`.
    public mutating func append(_ flag: Bool?) {
        appendInteger(flag.map { UInt8($0 ? 1 : 0) })
    }

    /// A `uuid`.
    public mutating func append(_ id: UUID?) {
        guard let id else { return appendNull() }
        withUnsafeBytes(of: id.uuid) { appendValue($0) }
    }

    /// A `bytea`.
    public mutating func append(bytes value: [UInt8]?) {
        guard let value else { return appendNull() }
        value.withUnsafeBytes { appendValue($0) }
    }

    /// A `bytea`.
    public mutating func append(bytes value: Span<UInt8>) {
        value.withUnsafeBytes { appendValue($0) }
    }

    /// A `jsonb` from its text.
    public mutating func append(jsonb text: [UInt8]?) {
        guard let text else { return appendNull() }
        append(jsonb: text.span)
    }

    /// A `jsonb` from its text.
    public mutating func append(jsonb text: Span<UInt8>) {
        appendHead(text.count + 1)
        bytes.append(1)
        text.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }

    /// A `timestamptz` or `timestamp`, in milliseconds since 1970 (UTC).
    public mutating func append(timestampMilliseconds milliseconds: Int64?) {
        appendInteger(milliseconds.map { ($0 - 946_684_800_000) * 1_000 })
    }

    /// A `text[]`.
    public mutating func append(textArray texts: [String]?) {
        appendArray(texts, elementType: 25) { rows, text in
            var text = text
            text.withUTF8 { utf8 in
                rows.appendBigEndian(Int32(utf8.count))
                rows.bytes.append(contentsOf: utf8)
            }
        }
    }

    /// An `int8[]`.
    public mutating func append(int64Array numbers: [Int64]?) {
        appendArray(numbers, elementType: 20) { rows, number in
            rows.appendBigEndian(Int32(8))
            rows.appendBigEndian(number)
        }
    }

    /// A `uuid[]`.
    public mutating func append(uuidArray ids: [UUID]?) {
        appendArray(ids, elementType: 2950) { rows, id in
            rows.appendBigEndian(Int32(16))
            withUnsafeBytes(of: id.uuid) { rows.bytes.append(contentsOf: $0) }
        }
    }

    /// A null of any type.
    public mutating func appendNull() {
        countColumn()
        appendBigEndian(Int32(-1))
    }
}

extension CopyRows {
    /// Lends out everything COPY is to get, the end mark included, in pieces of at most `limit` bytes.
    func withChunks(of limit: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        precondition(missing == 0, "the last row lacks columns")
        try bytes.withUnsafeBytes { bytes in
            for start in stride(from: 0, to: bytes.count, by: limit) {
                try body(UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + limit, bytes.count)]))
            }
        }
        try withUnsafeBytes(of: Int16(-1)) { try body($0) }
    }

    private mutating func appendArray<Element>(
        _ elements: [Element]?,
        elementType: Int32,
        _ append: (inout CopyRows, Element) -> Void
    ) {
        guard let elements else { return appendNull() }
        countColumn()
        let start = bytes.count
        appendBigEndian(Int32(0))  // the length, once it is known
        appendBigEndian(Int32(elements.isEmpty ? 0 : 1))
        appendBigEndian(Int32(0))  // no nulls
        appendBigEndian(elementType)
        if !elements.isEmpty {
            appendBigEndian(Int32(elements.count))
            appendBigEndian(Int32(1))
            for element in elements { append(&self, element) }
        }
        let length = Int32(bytes.count - start - 4)
        withUnsafeBytes(of: length.bigEndian) { bytes.replaceSubrange(start..<start + 4, with: $0) }
    }

    private mutating func appendInteger<Number: FixedWidthInteger>(_ number: Number?) {
        guard let number else { return appendNull() }
        countColumn()
        appendBigEndian(Int32(Number.bitWidth / 8))
        appendBigEndian(number)
    }

    private mutating func appendValue(_ value: UnsafeRawBufferPointer) {
        appendHead(value.count)
        bytes.append(contentsOf: value)
    }

    private mutating func appendHead(_ length: Int) {
        countColumn()
        appendBigEndian(Int32(length))
    }

    @inline(__always)
    private mutating func appendBigEndian(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    @inline(__always)
    private mutating func countColumn() {
        precondition(missing > 0, "the row has no such column")
        missing -= 1
    }
}
