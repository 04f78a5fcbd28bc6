public import FoundationEssentials

/// Rows in the binary format of `COPY`, built byte by byte for the hot path.
///
/// ```swift
/// let count = try connection.copy("copy staging (id, name) from stdin (format binary)", users) { rows, user in
///     rows.beginRow(columns: 2)
///     rows.append(user.id)
///     rows.append(user.name)
/// }
/// ```
///
/// Each value's Swift type must be that of its column: the server converts nothing.
public struct CopyRows: Sendable {
    private var storage: ByteStorage
    /// Columns of the row in hand that are still to come.
    private var missing: Int16 = 0
    /// How many rows were begun.
    public private(set) var rowCount = 0

    /// - Parameter byteCount: About how many bytes will be appended.
    public init(reserving byteCount: Int = 0) {
        storage = ByteStorage(capacity: byteCount + 64)
        Self.signature.withUnsafeBytes { storage.append($0) }
    }

    private static let signature: [UInt8] =
        [0x50, 0x47, 0x43, 0x4F, 0x50, 0x59, 0x0A, 0xFF, 0x0D, 0x0A, 0x00] + [UInt8](repeating: 0, count: 8)

    /// Whether no row was begun.
    public var isEmpty: Bool { rowCount == 0 }

    /// How many bytes there are, so that a caller can send what it has.
    public var byteCount: Int { storage.count }

    /// Forgets all rows but keeps the memory.
    public mutating func removeAll() {
        precondition(missing == 0, "the last row lacks columns")
        makeRoom(0)
        storage.truncate(to: Self.signature.count)
        rowCount = 0
    }

    /// Begins a row, which must get `columns` values before the next one begins.
    public mutating func beginRow(columns: Int16) {
        precondition(missing == 0, "the last row lacks columns")
        missing = columns
        rowCount += 1
        makeRoom(2)
        storage.store(columns)
    }

    /// A `text` (or `varchar`, or enum).
    public mutating func append(_ text: String?) {
        guard let text else { return appendNull() }
        text.utf8.span.withUnsafeBytes { appendValue($0) }
    }

    /// A `text` from its UTF-8.
    public mutating func append(utf8 text: some Collection<UInt8>) {
        let isContiguous: Void? = text.withContiguousStorageIfAvailable { appendValue(UnsafeRawBufferPointer($0)) }
        guard isContiguous == nil else { return }
        let copy = Array(text)
        copy.withUnsafeBytes { appendValue($0) }
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

    /// A `bytea` of sixteen bytes, given as two numbers, most significant byte first.
    public mutating func append(bytes high: UInt64, _ low: UInt64) {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { appendValue($0) }
    }

    /// A `jsonb` from its text.
    public mutating func append(jsonb text: [UInt8]?) {
        guard let text else { return appendNull() }
        append(jsonb: text.span)
    }

    /// A `jsonb` from its text.
    public mutating func append(jsonb text: Span<UInt8>) {
        beginValue(text.count + 1)
        storage.store(UInt8(1))
        text.withUnsafeBytes { storage.store($0) }
    }

    /// A `timestamptz` or `timestamp`, in milliseconds since 1970 (UTC).
    public mutating func append(timestampMilliseconds milliseconds: Int64?) {
        appendInteger(milliseconds.map { ($0 - 946_684_800_000) * 1_000 })
    }

    /// A `text[]`.
    public mutating func append(textArray texts: [String]?) {
        appendArray(texts, elementType: 25) { storage, text in
            text.utf8.span.withUnsafeBytes { storage.appendElement($0) }
        }
    }

    /// An `int8[]`.
    public mutating func append(int64Array numbers: [Int64]?) {
        appendArray(numbers, elementType: 20) { storage, number in
            withUnsafeBytes(of: number.bigEndian) { storage.appendElement($0) }
        }
    }

    /// A `uuid[]`.
    public mutating func append(uuidArray ids: [UUID]?) {
        appendArray(ids, elementType: 2950) { storage, id in
            withUnsafeBytes(of: id.uuid) { storage.appendElement($0) }
        }
    }

    /// A null of any type.
    public mutating func appendNull() {
        beginValue(0, length: -1)
    }
}

extension CopyRows {
    /// What COPY … TO sent, whose end mark is taken off; `nil` unless it is in the binary format.
    init?(received storage: ByteStorage, rowCount: Int) {
        let bytes = storage.bytes
        guard bytes.starts(with: Self.signature), bytes.count >= Self.signature.count + 2,
            bytes.suffix(2).elementsEqual([0xFF, 0xFF])
        else { return nil }
        storage.truncate(to: bytes.count - 2)
        self.storage = storage
        self.rowCount = rowCount
    }

    /// Lends out all bytes, and forgets them but keeps their memory; what comes next goes on from there.
    mutating func drain(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        precondition(missing == 0, "the last row lacks columns")
        try withExtendedLifetime(storage) { try body(storage.bytes) }
        makeRoom(0)
        storage.truncate(to: 0)
    }

    /// Lends out everything COPY is to get, the end mark included, in pieces of at most `limit` bytes.
    func withChunks(of limit: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        precondition(missing == 0, "the last row lacks columns")
        try withExtendedLifetime(storage) {
            let bytes = storage.bytes
            for start in stride(from: 0, to: bytes.count, by: limit) {
                try body(UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + limit, bytes.count)]))
            }
        }
        try withUnsafeBytes(of: Int16(-1)) { try body($0) }
    }

    private mutating func appendArray<Element>(
        _ elements: [Element]?,
        elementType: Int32,
        _ append: (ByteStorage, Element) -> Void
    ) {
        guard let elements else { return appendNull() }
        let start = storage.count
        beginValue(20)  // the length is put in once it is known
        storage.store(Int32(elements.isEmpty ? 0 : 1))
        storage.store(Int32(0))  // no nulls
        storage.store(elementType)
        if !elements.isEmpty {
            storage.store(Int32(elements.count))
            storage.store(Int32(1))
            for element in elements { append(storage, element) }
        }
        storage.replace(at: start, with: Int32(storage.count - start - 4))
    }

    @inline(__always)
    private mutating func appendInteger<Number: FixedWidthInteger>(_ number: Number?) {
        guard let number else { return appendNull() }
        beginValue(MemoryLayout<Number>.size)
        storage.store(number)
    }

    @inline(__always)
    private mutating func appendValue(_ value: UnsafeRawBufferPointer) {
        beginValue(value.count)
        storage.store(value)
    }

    /// Counts the column, and makes room for its length, which it stores, and its value.
    @inline(__always)
    private mutating func beginValue(_ size: Int, length: Int? = nil) {
        precondition(missing > 0, "the row has no such column")
        missing -= 1
        makeRoom(4 + size)
        storage.store(Int32(length ?? size))
    }

    /// Makes room in storage that is ours alone.
    @inline(__always)
    private mutating func makeRoom(_ length: Int) {
        if !isKnownUniquelyReferenced(&storage) { storage = storage.copy() }
        storage.reserve(length)
    }
}

extension ByteStorage {
    /// An array's element: its length and its bytes.
    fileprivate func appendElement(_ bytes: UnsafeRawBufferPointer) {
        reserve(4 + bytes.count)
        store(Int32(bytes.count))
        store(bytes)
    }
}
