/// Comparing what somebody shows with what is secret.
public enum ConstantTime {
    /// Whether two texts have the same bytes, in a time that depends on the lengths alone, so that it does not tell how
    /// much of a guess was right.
    public static func areEqual(_ one: String, _ other: String) -> Bool {
        let (one, other) = (Array(one.utf8), Array(other.utf8))
        guard one.count == other.count else { return false }
        return zip(one, other).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
