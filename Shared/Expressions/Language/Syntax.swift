/// An expression as it is written, before anybody knows what its names mean.
struct Syntax {
    indirect enum Kind {
        case literal(Value)
        case field(String)
        case call(String, [Syntax])
        case comparison(Comparison, Syntax, Syntax)
        case and(Syntax, Syntax)
        case or(Syntax, Syntax)
        case not(Syntax)
    }

    let kind: Kind
    let position: Int
}
