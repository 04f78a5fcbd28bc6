import Kafka
import Messages

@testable import Verifier

/// What a directory might tell of one identity provider, at random: changes, whole republications, and new lives.
struct RandomChanges {
    private var state: UInt64
    private var people: [String: Bool] = [:]
    private var incarnation = Bench.incarnation
    private var epoch: Int64 = 1
    private var sequence: Int64 = 0

    init(seed: UInt64) { state = seed }

    /// - Parameter count: At least so many messages; a republication is told to its end.
    func log(of configuration: IdentityProviderConfiguration, messages count: Int) throws -> [Record] {
        var told = self
        var records: [Record] = []
        while records.count < count {
            let begins = told.isOneOf(12)
            if begins {
                told.incarnation = Incarnation.make()
                told.sequence = 0
            }
            if begins || told.isOneOf(6) {
                records += try told.republication(of: configuration)
            } else {
                let users = try told.changes(in: configuration)
                records.append(try told.message(users, nil, configuration))
            }
        }
        return records
    }

    private mutating func changes(
        in configuration: IdentityProviderConfiguration
    ) throws -> [DirectoryChanges.UserChange] {
        var changes: [DirectoryChanges.UserChange] = []
        for _ in 0..<(1 + number(3)) {
            let name = "p\(number(9))"
            let kind = self.kind(for: people[name])
            switch kind {
            case .created, .restored: people[name] = true
            case .disabled: people[name] = false
            case .deleted: people[name] = nil
            case .updated: break
            }
            changes.append(
                try Bench.person(
                    name,
                    in: configuration,
                    kind: kind,
                    isEnabled: people[name] ?? false,
                    name: "name \(number(5))"
                )
            )
        }
        return changes
    }

    /// - Parameter isEnabled: `nil` where there is nobody yet.
    private mutating func kind(for isEnabled: Bool?) -> DirectoryChanges.Kind {
        guard let isEnabled else { return .created }
        if isOneOf(4) { return .deleted }
        if isOneOf(2) { return .updated }
        return isEnabled ? .disabled : .restored
    }

    private mutating func republication(of configuration: IdentityProviderConfiguration) throws -> [Record] {
        let (people, names) = (self.people, self.people.keys.sorted())
        let parts = 1 + number(3)
        var records: [Record] = []
        for part in 1...parts {
            let own = names.enumerated().filter { $0.offset % parts == part - 1 }.map(\.element)
            let users: [DirectoryChanges.UserChange] = try own.map { name in
                let isEnabled = people[name] ?? false
                let kind: DirectoryChanges.Kind = isEnabled ? .updated : .disabled
                return try Bench.person(name, in: configuration, kind: kind, isEnabled: isEnabled)
            }
            records.append(try message(users, DirectorySnapshot(part: part, isLast: part == parts), configuration))
        }
        return records
    }

    private mutating func message(
        _ users: [DirectoryChanges.UserChange],
        _ snapshot: DirectorySnapshot?,
        _ configuration: IdentityProviderConfiguration
    ) throws -> Record {
        if isOneOf(4) {
            epoch += 1 + Int64(number(2))
            sequence = 0
        }
        sequence += 1
        var change = TestChange(epoch: epoch, sequence: sequence, users: users, incarnation: incarnation)
        change.snapshot = snapshot
        return try change.record(configuration)
    }

    private mutating func isOneOf(_ count: Int) -> Bool { number(count) == 0 }

    private mutating func number(_ below: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(below))
    }
}
