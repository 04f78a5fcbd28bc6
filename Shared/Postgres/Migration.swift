/// One step in the life of a schema; never changed once it was released.
public struct Migration: Sendable, Hashable {
    /// Its place in the order.
    public let version: Int
    /// What it does, in a few words.
    public let name: String
    /// A script of any number of statements. It runs in a transaction of its own.
    public let sql: String

    /// A step of a schema's life.
    public init(version: Int, name: String, sql: String) {
        self.version = version
        self.name = name
        self.sql = sql
    }
}
