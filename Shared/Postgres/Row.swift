/// One row of a result: its columns in PostgreSQL's text format, `nil` for null.
public struct Row: Sendable, Hashable {
    let columns: [String?]

    /// The columns after the first so many.
    public func dropFirst(_ count: Int) -> Row {
        Row(columns: Array(columns.dropFirst(count)))
    }

    /// The columns as a tuple: `let (id, name) = try row.decode(Int.self, String?.self)`.
    ///
    /// Later columns than those asked for are left out.
    /// - Throws: ``PostgresError`` with ``PostgresError/Code/decodingFailure``; names the column, not its value.
    public func decode<each Column: PostgresDecodable>(
        _ types: repeat (each Column).Type
    ) throws -> (repeat each Column) {
        var index = 0
        func next<Value: PostgresDecodable>(_ type: Value.Type) throws -> Value {
            defer { index += 1 }
            guard index < columns.count else {
                throw PostgresError(.decodingFailure, "the row has \(columns.count) columns, no column \(index + 1)")
            }
            guard let value = Value(column: columns[index]) else {
                let found = columns[index] == nil ? "null" : "a value"
                throw PostgresError(.decodingFailure, "column \(index + 1) holds \(found) that is not \(type)")
            }
            return value
        }
        return (repeat try next((each Column).self))
    }
}

extension Sequence<Row> {
    /// Every row's columns as a tuple, as ``Row/decode(_:)`` reads them.
    public func decode<each Column: PostgresDecodable>(
        _ types: repeat (each Column).Type
    ) throws -> [(repeat each Column)] {
        try map { try $0.decode(repeat each types) }
    }
}
