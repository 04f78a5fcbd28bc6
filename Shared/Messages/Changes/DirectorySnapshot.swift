/// Which part of a whole republication of an identity provider's directory a message is (architecture.md §4,
/// invariant 2): whoever is in none of its parts is not in the directory, once the last one has come. A directory in which
/// no run has shown everybody yet is told without a last one.
public struct DirectorySnapshot: Codable, Equatable, Sendable {
    /// Its number, from 1: the first begins the republication.
    public var part: Int
    /// Whether the republication ends with it.
    public var isLast: Bool

    /// - Parameters:
    ///   - part: Its number, from 1.
    ///   - isLast: Whether the republication ends with it.
    public init(part: Int, isLast: Bool) {
        self.part = part
        self.isLast = isLast
    }
}
