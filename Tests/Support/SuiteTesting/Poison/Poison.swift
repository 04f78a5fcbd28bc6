public import Kafka
public import Messages

/// A kind of record that nobody can handle.
public struct Poison: Sendable {
    /// What has to become of it.
    public enum Fate: Sendable {
        /// It is among its consumer's dead letters.
        case letter
        /// Its run is answered.
        case answer
        /// Either, as its consumer likes.
        case letterOrAnswer
        /// It is left out, and nobody but the log says so: there are no dead letters of configurations.
        case leftOut
    }

    /// What is wrong with it.
    public let kind: String
    /// Where it is sent.
    public let topic: Topic
    /// What has to become of it.
    public let fate: Fate
    /// How many are made for each of the usual kind: fewer of those that are large.
    public var share = 1.0
    /// Whether another tenant than the identity provider's says it.
    public private(set) var isForeign = false
    /// Makes one of them.
    ///
    /// - Parameter number: From 0; the run of an answered one is its own.
    public let make: @Sendable (_ number: Int, _ run: RunID) throws -> OutgoingRecord

    /// The same, of another tenant.
    var foreign: Poison {
        var foreign = self
        foreign.isForeign = true
        return foreign
    }
}
