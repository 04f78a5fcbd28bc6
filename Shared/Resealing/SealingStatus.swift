public import Messages

/// By which keys a service's secrets are sealed, and how far a rotation has come.
public struct SealingStatus: Encodable, Sendable {
    /// A rotation of the keys.
    public struct Rotation: Encodable, Sendable {
        /// The key that everything is sealed by.
        public var keyID: String
        /// When it was asked for.
        public var startedAt: Timestamp
        /// Who asked for it.
        public var startedBy: String
        /// When all secrets were last gone through; nil before the first time.
        public var passedAt: Timestamp?
        /// Since when nothing that opens rests sealed by another key, and no copy seals by one; nil before.
        public var doneAt: Timestamp?
    }

    /// Secrets that lie in one place, sealed by one key.
    public struct Count: Encodable, Sendable {
        /// Where.
        public var place: String
        /// By which key; empty for what is of no readable form.
        public var keyID: String
        /// How many.
        public var count: Int
    }

    /// A key, and whether anybody needs it.
    public struct Key: Encodable, Sendable {
        /// Who needs a key.
        public enum Use: String, Encodable, Sendable {
            /// Everything is to be sealed by it.
            case current
            /// A running copy seals by it: it stands first there.
            case seals
            /// Something rests sealed by it.
            case rests
            /// Nothing rests sealed by it, and what travels may be for a while yet.
            case travels
            /// No rotation to another key is done yet, so that it may be needed at any time.
            case kept
            /// Nobody needs it: it may be taken out.
            case free
        }

        /// The key's id.
        public var keyID: String
        /// Who needs it.
        public var use: Use
        /// Until when something that travels may be sealed by it.
        public var travelsUntil: Timestamp?
        /// How many running copies have it.
        public var copies: Int
    }

    /// How many copies of the service run.
    public var copies: Int
    /// Nil where none was ever begun.
    public var rotation: Rotation?
    /// How many secrets rest where, by the key that sealed them.
    public var secrets: [Count]
    /// All keys that copies have or secrets name.
    public var keys: [Key]
}
