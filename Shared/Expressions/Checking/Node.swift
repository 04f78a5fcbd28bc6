/// An expression, checked: every name has its meaning, and every argument its type.
indirect enum Node: Sendable {
    case literal(Value)
    /// The reference of that number.
    case reference(Int)
    case comparison(Comparison, Node, Node)
    case and(Node, Node)
    case or(Node, Node)
    case not(Node)
    case choice(Node, Node, Node)
    case first([Node])
    case matches(Node, Pattern)
    case formatted(Node, DateFormat)
    case call(@Sendable ([Value]) throws(EvaluationError) -> Value, [Node])
}
