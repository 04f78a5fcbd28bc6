import Kafka
import Messages
import Pipeline

extension Forger {
    func user(_ name: String, displayName: String = "Ann") -> UserRecord {
        UserRecord(externalID: name, displayName: displayName, contentHash: ContentDigest(of: name))
    }

    private func letter(_ kind: String, to topic: Topic, _ make: @escaping @Sendable (Int) throws -> OutgoingRecord)
        -> Poison
    {
        Poison(kind: kind, topic: topic, fate: .letter) { number, _ in try make(number) }
    }

    /// Of one forged run, which ``begin(_:)`` has to begin before.
    var ofRecords: [Poison] {
        let topic = TopicCatalogue.directoryRecords
        let envelope = envelope(UserBatch.type, run: forgedRun)
        return [
            letter("a person that PostgreSQL refuses", to: topic) { number in
                let batch = UserBatch(
                    page: number + 1,
                    users: [user("good\(number)"), user("ann\(number)", displayName: "A\0")]
                )
                return try record(batch, to: topic, envelope: envelope)
            },
            letter("an unknown status", to: topic) { number in
                let batch = UserBatch(page: number + 1, users: [user("bob\(number)")])
                return try record(
                    batch,
                    to: topic,
                    envelope: envelope,
                    replacing: "\"status\":1",
                    with: "\"status\":77"
                )
            },
            letter("a number beyond all", to: topic) { number in
                let batch = UserBatch(page: 77_777, users: [user("carl\(number)")])
                let beyond = String(repeating: "9", count: 40)
                return try record(batch, to: topic, envelope: envelope, replacing: "77777", with: beyond)
            },
        ]
    }

    func changes(incarnation: Incarnation, sequence: Int64, users: [DirectoryChanges.UserChange] = [])
        -> DirectoryChanges
    {
        DirectoryChanges(incarnation: incarnation, sequence: sequence, users: users)
    }

    func ofChanges(incarnation: Incarnation, person: UserID) -> [Poison] {
        let topic = TopicCatalogue.directoryChanges
        @Sendable func change(_ id: UserID, _ name: String, displayName: String = "Ann") -> DirectoryChanges.UserChange
        {
            DirectoryChanges.UserChange(
                kind: .created,
                id: id,
                externalID: name,
                username: nil,
                displayName: displayName,
                email: nil,
                isEnabled: true,
                departments: []
            )
        }
        @Sendable func forged(_ number: Int, _ change: DirectoryChanges.UserChange) throws -> OutgoingRecord {
            let changes = changes(incarnation: incarnation, sequence: Int64(number) + 1, users: [change])
            return try record(changes, to: topic, envelope: envelope(DirectoryChanges.type, run: nil))
        }
        return [
            letter("an id that is another person's", to: topic) { number in
                try forged(2 * number, change(person, "impostor\(number)"))
            },
            letter("a name that PostgreSQL refuses", to: topic) { number in
                let key = UserIDCase.insensitive.key(of: "dora\(number)")
                return try forged(
                    2 * number + 1,
                    change(UserID(of: key, in: identityProvider, .first), "dora\(number)", displayName: "\0")
                )
            },
            letter("an unknown change", to: topic) { number in
                let changes = changes(incarnation: incarnation, sequence: 1, users: [change(.make(), "eve\(number)")])
                let envelope = envelope(DirectoryChanges.type, run: nil)
                return try record(changes, to: topic, envelope: envelope, replacing: "created", with: "cloned")
            },
        ]
    }

    var ofConfigurations: [Poison] {
        let topic = TopicCatalogue.configuration
        return [
            Poison(kind: "a configuration that cannot be read", topic: topic, fate: .leftOut) { number, _ in
                var envelope = envelope(IdentityProviderConfiguration.type, run: nil)
                envelope.identityProvider = .make()
                return record("{\"status\":\"\(number)\"}", to: topic, envelope: envelope)
            },
            Poison(kind: "a configuration without envelope", topic: topic, fate: .leftOut) { number, _ in
                OutgoingRecord(topic: namespace.name(of: topic), key: "\(number)", value: [0xFF])
            },
        ]
    }
}
