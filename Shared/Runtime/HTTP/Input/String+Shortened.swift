extension String {
    /// What an answer repeats of a text, so that none is as long as what was sent.
    ///
    /// - Parameter most: After so many Unicode scalars it is cut off, which a `…` tells.
    public func shortened(to most: Int) -> String {
        let start = unicodeScalars.prefix(most)
        return start.endIndex == endIndex ? self : String(String.UnicodeScalarView(start)) + "…"
    }
}
