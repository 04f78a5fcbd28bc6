import Kafka
public import Messages
import Pipeline

extension Forger {
    private func letter(
        _ kind: String,
        to topic: Topic,
        _ make: @escaping @Sendable (Int) throws -> OutgoingRecord
    ) -> Poison {
        Poison(kind: kind, topic: topic, fate: .letter) { number, _ in try make(number) }
    }

    // MARK: People

    /// How whoever another tenant tells of begins; nobody of that name may ever be known.
    public static let foreigner = "foreigner"

    /// Whom ``Poison`` of that number names, and whose id is somebody else's already.
    public func collider(_ number: Int) -> UserID {
        UserID(of: UserIDCase.insensitive.key(of: "collider\(number)"), in: identityProvider, .first)
    }

    private func user(_ name: String, displayName: String = "Ann") -> UserRecord {
        UserRecord(externalID: name, displayName: displayName, contentHash: ContentDigest(of: name))
    }

    /// Pages of one forged run, which ``begin`` begins: some of their people are taken, and some are not.
    var ofPeople: [Poison] {
        func page(_ kind: String, _ page: @escaping @Sendable (Int) -> UserBatch) -> Poison {
            letter(kind, to: TopicCatalogue.directoryRecords) { number in
                try self.record(
                    page(number),
                    to: TopicCatalogue.directoryRecords,
                    envelope: self.envelope(UserBatch.type, run: self.forgedRun)
                )
            }
        }
        return [
            page("a person that PostgreSQL refuses") { number in
                let users = [self.user("good\(number)"), self.user("ann\(number)", displayName: "A\0")]
                return UserBatch(page: 2 * number + 1, users: users)
            },
            page("a colliding id") { number in
                UserBatch(page: 2 * number + 2, users: [self.user("collider\(number)")])
            },
            letter("another tenant's person", to: TopicCatalogue.directoryRecords) { number in
                let page = UserBatch(page: 1_000_000 + number, users: [self.user("\(Self.foreigner)\(number)")])
                var envelope = self.envelope(UserBatch.type, run: self.forgedRun)
                envelope.tenant = .make()
                return try self.record(page, to: TopicCatalogue.directoryRecords, envelope: envelope)
            }.foreign,
        ]
    }

    /// Pages of a forged run that cannot be read, the first of which ends the run.
    var ofPages: [Poison] {
        func page(_ kind: String, replacing original: String, with substitute: String) -> Poison {
            Poison(kind: kind, topic: TopicCatalogue.directoryRecords, fate: .letter) { number, _ in
                try self.record(
                    UserBatch(page: 1, users: [self.user("bob\(number)")]),
                    to: TopicCatalogue.directoryRecords,
                    envelope: self.envelope(UserBatch.type, run: self.forgedRun),
                    replacing: original,
                    with: substitute
                )
            }
        }
        return [
            page("an unknown status", replacing: "\"status\":1", with: "\"status\":77"),
            page("a number beyond all", replacing: "\"page\":", with: "\"page\":99999999999999999999999"),
        ]
    }

    // MARK: Changes

    func changes(
        _ incarnation: Incarnation,
        sequence: Int64,
        users: [DirectoryChanges.UserChange] = []
    ) -> DirectoryChanges {
        DirectoryChanges(incarnation: incarnation, sequence: sequence, users: users)
    }

    func change(_ name: String, displayName: String = "Ann") -> DirectoryChanges.UserChange {
        DirectoryChanges.UserChange(
            kind: .created,
            id: UserID(of: UserIDCase.insensitive.key(of: name), in: identityProvider, .first),
            externalID: name,
            username: nil,
            displayName: displayName,
            email: nil,
            isEnabled: true,
            departments: []
        )
    }

    func ofChanges(_ incarnation: Incarnation) -> [Poison] {
        func told(
            _ kind: String,
            replacing original: String = "",
            with substitute: String = "",
            _ users: @escaping @Sendable (Int) -> [DirectoryChanges.UserChange]
        ) -> Poison {
            letter(kind, to: TopicCatalogue.directoryChanges) { number in
                try self.record(
                    self.changes(incarnation, sequence: 1, users: users(number)),
                    to: TopicCatalogue.directoryChanges,
                    envelope: self.envelope(DirectoryChanges.type, run: nil),
                    replacing: original,
                    with: substitute
                )
            }
        }
        return [
            told("a name that PostgreSQL refuses") { [self.change("dora\($0)", displayName: "D\0")] },
            told("an unknown change", replacing: "created", with: "cloned") { [self.change("fred\($0)")] },
        ]
    }

    // MARK: Configurations

    var ofConfigurations: [Poison] {
        let topic = TopicCatalogue.configuration
        return [
            Poison(kind: "a configuration that cannot be read", topic: topic, fate: .leftOut) { number, _ in
                var envelope = self.envelope(IdentityProviderConfiguration.type, run: nil)
                envelope.identityProvider = .make()
                return self.record("{\"status\":\"\(number)\"}", to: topic, envelope: envelope)
            },
            Poison(kind: "a configuration without envelope", topic: topic, fate: .leftOut) { number, _ in
                OutgoingRecord(topic: self.namespace.name(of: topic), key: "\(number)", value: [0xFF])
            },
        ]
    }
}
