import CPostgres
public import FoundationEssentials

/// One row in PostgreSQL's binary format, lent out while it lasts: nothing is copied until it is asked for.
///
/// Columns count from 0. Every accessor of a value throws ``PostgresError`` with
/// ``PostgresError/Code/decodingFailure`` for a null, another type, or a column that is not there.
public struct RowView: ~Copyable {
    private let result: OpaquePointer
    private let columns: Int32

    init(_ result: OpaquePointer, columns: Int32) {
        self.result = result
        self.columns = columns
    }

    /// Whether the column is null, or not there.
    public func isNull(_ column: Int) -> Bool {
        PQgetisnull(result, 0, Int32(truncatingIfNeeded: column)) == 1
    }

    /// An `int8`, `int4` or `int2`.
    public func int64(_ column: Int) throws -> Int64 {
        let bytes = try raw(column)
        switch bytes.count {
        case 8: return Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
        case 4: return Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
        case 2: return Int64(Int16(bigEndian: bytes.loadUnaligned(as: Int16.self)))
        default: throw mismatch(column, "integer")
        }
    }

    /// A `bool`.
    public func bool(_ column: Int) throws -> Bool {
        let bytes = try raw(column)
        guard bytes.count == 1 else { throw mismatch(column, "bool") }
        return bytes[0] != 0
    }

    /// A `float8`.
    public func double(_ column: Int) throws -> Double {
        let bytes = try raw(column)
        guard bytes.count == 8 else { throw mismatch(column, "float8") }
        return Double(bitPattern: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)))
    }

    /// A `uuid`.
    public func uuid(_ column: Int) throws -> UUID {
        let bytes = try raw(column)
        guard bytes.count == 16 else { throw mismatch(column, "uuid") }
        return UUID(uuid: bytes.loadUnaligned(as: uuid_t.self))
    }

    /// The two halves of 16 bytes (a `uuid`, or a `bytea` that holds a 128-bit hash), in the order of the bytes.
    public func words(_ column: Int) throws -> (UInt64, UInt64) {
        let bytes = try raw(column)
        guard bytes.count == 16 else { throw mismatch(column, "16 bytes") }
        return (
            UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        )
    }

    /// The text of a `text`, `varchar`, `json` or enum.
    public func string(_ column: Int) throws -> String {
        String(decoding: try raw(column), as: UTF8.self)
    }

    /// A copy of the bytes: of a `bytea` what it holds, of `text` its UTF-8, else the binary format.
    public func bytes(_ column: Int) throws -> [UInt8] {
        [UInt8](try raw(column))
    }

    /// Lends the bytes without copying them: of a `bytea` what it holds, of `text` its UTF-8.
    public func withBytes<Result>(_ column: Int, _ body: (Span<UInt8>) throws -> Result) throws -> Result {
        try raw(column).withMemoryRebound(to: UInt8.self) { try body($0.span) }
    }

    private func raw(_ column: Int) throws -> UnsafeRawBufferPointer {
        let index = Int32(truncatingIfNeeded: column)
        guard index >= 0, index < columns else {
            throw PostgresError(.decodingFailure, "the row has \(columns) columns, no column \(column)")
        }
        guard PQgetisnull(result, 0, index) == 0 else { throw mismatch(column, "null", is: true) }
        return UnsafeRawBufferPointer(
            start: PQgetvalue(result, 0, index),
            count: Int(PQgetlength(result, 0, index))
        )
    }

    private func mismatch(_ column: Int, _ what: String, is found: Bool = false) -> PostgresError {
        PostgresError(.decodingFailure, "column \(column) is \(found ? "" : "not ")\(what)")
    }
}
