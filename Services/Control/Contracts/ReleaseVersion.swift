/// A version such as 1.4.
struct ReleaseVersion: Comparable, LosslessStringConvertible {
    let major: Int
    let minor: Int

    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let major = parts[0], let minor = parts[1], major >= 0, minor >= 0,
            "\(major).\(minor)" == text
        else { return nil }
        (self.major, self.minor) = (major, minor)
    }

    var description: String { "\(major).\(minor)" }

    static func < (one: Self, other: Self) -> Bool { (one.major, one.minor) < (other.major, other.minor) }
}
