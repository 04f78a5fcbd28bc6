import Kafka
import Messages

/// A kind of record that nobody can handle.
struct Poison: Sendable {
    /// What has to become of it.
    enum Fate: Sendable {
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
    let kind: String
    let topic: Topic
    let fate: Fate
    /// How many are made for each of the usual kind: fewer of those that are large.
    var share = 1.0
    /// Makes one of them.
    ///
    /// - Parameter number: From 0; the run of an answered one is its own.
    let make: @Sendable (_ number: Int, _ run: RunID) throws -> OutgoingRecord
}

/// A record that was sent, and what has to become of it.
struct Poisoned: Sendable {
    let poison: Poison
    let run: RunID
    let position: Position
}
