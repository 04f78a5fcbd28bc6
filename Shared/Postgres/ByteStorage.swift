import Glibc

/// Bytes that are only ever appended to, with copy on write.
///
/// An array checks and grows with each append; this reserves once a value and stores. That is a
/// third of the time of a row of COPY.
///
/// `@unchecked Sendable`: ``CopyRows`` alone writes, and only to storage that nobody shares.
final class ByteStorage: @unchecked Sendable {
    private(set) var start: UnsafeMutableRawPointer
    private(set) var count = 0
    private var capacity: Int

    init(capacity: Int) {
        self.capacity = max(capacity, 64)
        start = .allocate(byteCount: self.capacity, alignment: 8)
    }

    deinit { start.deallocate() }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

    func copy() -> ByteStorage {
        let copy = ByteStorage(capacity: capacity)
        copy.append(bytes)
        return copy
    }

    /// Forgets what comes after the first `count` bytes.
    func truncate(to count: Int) {
        precondition(count <= self.count)
        self.count = count
    }

    /// Makes room for `length` more bytes.
    @inline(__always)
    func reserve(_ length: Int) {
        if capacity - count < length { grow(by: length) }
    }

    /// Appends the number, most significant byte first, where there is room already.
    @inline(__always)
    func store<Number: FixedWidthInteger>(_ number: Number) {
        (start + count).storeBytes(of: number.bigEndian, as: Number.self)
        count += MemoryLayout<Number>.size
    }

    /// Appends the bytes where there is room already.
    @inline(__always)
    func store(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        memcpy(start + count, source, bytes.count)
        count += bytes.count
    }

    func append(_ bytes: UnsafeRawBufferPointer) {
        reserve(bytes.count)
        store(bytes)
    }

    /// Writes over four bytes that are there.
    func replace(at offset: Int, with number: Int32) {
        precondition(offset + 4 <= count)
        (start + offset).storeBytes(of: number.bigEndian, as: Int32.self)
    }

    @inline(never)
    private func grow(by length: Int) {
        let larger = max(2 * capacity, count + length)
        let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 8)
        moved.copyMemory(from: start, byteCount: count)
        start.deallocate()
        start = moved
        capacity = larger
    }
}
