/// A word of an expression, with its place.
struct Token: Equatable {
    enum Kind: Equatable {
        case name(String)
        case text(String)
        case number(Double)
        case comparison(Comparison)
        case open, close, comma
        case and, or, not
        case constant(Value)
        case end
    }

    let kind: Kind
    /// Characters before it.
    let position: Int
}

/// How two values are compared.
enum Comparison: String, CaseIterable, Sendable {
    case equal = "=="
    case unequal = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="

    /// Whether it asks for an order.
    var isOrder: Bool { self != .equal && self != .unequal }
}
