/// How large an expression, and what it makes, may become. Together they bound what one person costs.
package enum ExpressionLimits {
    /// Characters of a source.
    package static let sourceLength = 2_000
    /// How deep calls and parentheses may stand in each other.
    package static let depth = 32
    /// Bytes of UTF-8 that a field holds at most, and that any text on the way may have: a longer one is nothing.
    package static let textBytes = 4_096
    /// Bytes of a field of WeCom.
    package static let fieldBytes = 2_048
    /// Elements of a list.
    package static let elements = 256
    /// Characters that pinyin is made of.
    package static let spokenCharacters = 200
    /// Steps that an expression may need for the longest of inputs.
    package static let cost = 1_000_000
    /// States of a pattern.
    package static let patternStates = 400
}
