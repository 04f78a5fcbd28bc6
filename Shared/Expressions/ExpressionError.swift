/// What is the matter with an expression, where, and what was probably meant.
package struct ExpressionError: Error, Equatable, Sendable {
    /// Characters of the source before the place.
    package var position: Int
    /// One sentence.
    package var message: String
    /// What may have been meant; nil where nothing is near.
    package var suggestion: String?

    package init(at position: Int, _ message: String, suggestion: String? = nil) {
        self.position = position
        self.message = message
        self.suggestion = suggestion
    }
}
