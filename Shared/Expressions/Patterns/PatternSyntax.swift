/// A pattern as it is written.
indirect enum PatternSyntax {
    case empty
    case scalars(ScalarSet)
    case start
    case end
    case sequence([PatternSyntax])
    case alternatives([PatternSyntax])
    /// So many times, without an upper bound where there is none.
    case repeated(PatternSyntax, Int, Int?)
}

/// What is the matter with a pattern, and how many characters stand before it.
struct PatternError: Error, Equatable {
    let position: Int
    let message: String
}
