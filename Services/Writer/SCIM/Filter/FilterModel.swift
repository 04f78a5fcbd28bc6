import Postgres

/// Which attributes of a kind of resource can be filtered by, and what they are in the database.
struct FilterModel: Sendable {
    /// An attribute with several values: rows, each with some columns.
    struct Rows: Sendable {
        /// A query whose rows are the values, with columns as ``columns`` names them.
        let query: SQL
        /// By the name of the part.
        let columns: [String: FilterColumn]
    }

    /// The schema whose attributes need no URN, in lower case.
    let schema: String
    /// By the path without the URN of ``schema``.
    let columns: [String: FilterColumn]
    /// By the path of the attribute.
    let rows: [String: Rows]
    /// The schema whose attributes are not known before, and what one of them is.
    let open: (schema: String, column: @Sendable (String) -> FilterColumn)?

    /// The condition that a filter is.
    ///
    /// - Throws: ``FilterError`` for attributes that there are not, and for comparisons that an attribute does not have.
    func condition(_ filter: FilterExpression) throws(FilterError) -> SQL {
        switch filter {
        case .and(let one, let other): return "(\(try condition(one)) and \(try condition(other)))"
        case .or(let one, let other): return "(\(try condition(one)) or \(try condition(other)))"
        case .not(let inner): return "(not \(try condition(inner)))"
        case .present(let path): return try present(path)
        case .compare(let path, let comparison, let literal):
            if let column = column(path) { return try column.condition(comparison, literal, of: path) }
            if literal == .null { return try absent(path, comparison) }
            let (rows, column) = try part(of: path)
            return Self.exists(rows, try column.condition(comparison, literal, of: path))
        case .element(let path, let inner):
            guard path.part == nil, let rows = rows[key(path)] else {
                throw FilterError("\(path) has no values to choose from by [ ].")
            }
            let within = FilterModel(schema: "", columns: rows.columns, rows: [:], open: nil)
            return Self.exists(rows, try within.condition(inner))
        }
    }

    private func present(_ path: AttributePath) throws(FilterError) -> SQL {
        if let column = column(path) { return try column.isPresent(path) }
        let (rows, column) = try part(of: path)
        return Self.exists(rows, try column.isPresent(path))
    }

    /// An attribute with several values is null when it has none (RFC 7643 §2.5).
    private func absent(
        _ path: AttributePath,
        _ comparison: FilterExpression.Comparison
    ) throws(FilterError) -> SQL {
        switch comparison {
        case .equal: return "(not \(try present(path)))"
        case .notEqual: return try present(path)
        default: throw FilterError.nullOrder
        }
    }

    private func column(_ path: AttributePath) -> FilterColumn? {
        if let column = columns[key(path)] { return column }
        guard let open, path.schema == open.schema, path.part == nil else { return nil }
        return open.column(path.name)
    }

    /// A part of an attribute with several values; `value` where none is named.
    private func part(of path: AttributePath) throws(FilterError) -> (Rows, FilterColumn) {
        let name = path.part.map { String(key(path).dropLast($0.count + 1)) } ?? key(path)
        guard let rows = rows[name], let column = rows.columns[path.part ?? "value"]
        else { throw FilterError("There is no attribute \(path) to filter by.") }
        return (rows, column)
    }

    private func key(_ path: AttributePath) -> String {
        let local = path.name + (path.part.map { ".\($0)" } ?? "")
        guard let schema = path.schema, schema != self.schema else { return local }
        return "\(schema):\(local)"
    }

    private static func exists(_ rows: Rows, _ condition: SQL) -> SQL {
        "exists (select from (\(rows.query)) element where \(condition))"
    }
}
