import Foundation
import Messages
import Postgres
import Sealing
import Testing
import WeCom

@testable import Registry

/// Plays many histories at once, each with an enterprise and an identity provider of its own, on one registry or two.
struct GrantPlay: Sendable {
    let registry: TestRegistry
    let model: WeComModel
    let others: [Components]

    struct Part: Sendable {
        var history: GrantHistory
        var corp: String
        var provider: IdentityProviderID
        var state: String
        var events: [String] = []
        var done = 0
    }

    /// Makes what each history needs: an identity provider, and a QR code that was asked for.
    ///
    /// - Parameter name: Eight digits that no other play on the database has.
    func parts(_ histories: [GrantHistory], name: Int) async throws -> [Part] {
        let tenant = try await registry.makeTenant("Play \(name)")
        var parts: [Part] = []
        for (number, history) in histories.enumerated() {
            let id = try await registry.makeProvider(in: tenant)
            let state = AuthorizationRequest.makeState()
            try await registry.database.transaction { database in
                try AuthorizationStore.insert(
                    state,
                    of: id,
                    url: "https://example.test",
                    expiresAt: Timestamp.now.advanced(by: .seconds(864_000)),
                    by: "test",
                    on: database
                )
            }
            let digits = "0000000" + String(number, radix: 16)
            let corp = "ww" + String("0000000\(name)".suffix(8)) + digits.suffix(8)
            parts.append(Part(history: history, corp: corp, provider: id, state: state))
        }
        return parts
    }

    /// Does the next step of each, all of them before anything is worked on.
    func step(_ parts: inout [Part], _ number: Int) async throws {
        for index in parts.indices where number < parts[index].history.steps.count {
            switch parts[index].history.steps[number] {
            case .deed:
                let event = perform(&parts[index])
                parts[index].events.append(event)
            case .event(let event): try await tell(parts[index].events[event])
            case .again(let event): try await tell(Self.later(parts[index].events[event]))
            }
        }
    }

    private func perform(_ part: inout Part) -> String {
        defer { part.done += 1 }
        switch part.history.deeds[part.done] {
        case .authorize: return model.authorize(part.corp, state: part.state)
        case .change: return model.change(part.corp)
        case .reset: return model.resetCode(of: part.corp)
        case .cancel: return model.cancel(part.corp)
        }
    }

    private func tell(_ event: String) async throws {
        let answer = try await registry.push(try Push(event))
        try #require(answer.text == "success", "\(answer.text)")
    }

    private static func later(_ event: String) -> String {
        event.replacing("</TimeStamp>", with: "7</TimeStamp>")
    }

    /// Works on what there is, in all registries at once.
    func work() async throws {
        if let other = others.first { try await registry.work(with: other) } else { try await registry.work() }
    }

    /// Days go by without failures.
    func settle() async throws {
        model.recover()
        for _ in 0..<2 {
            if let other = others.first {
                try await registry.workAgain(with: other)
            } else {
                try await registry.workAgain()
            }
        }
    }

    /// What is not as WeCom says, a line each.
    func faults(_ parts: [Part]) async throws -> [String] {
        var faults: [String] = []
        let kept = try await keptCodes()
        for part in parts {
            let provider = try await registry.components.providers.find(part.provider, for: .everywhere)
            let configuration = provider.configuration
            let answered = model.answered(of: part.corp)
            let code = try configuration.connection.map { _ in try registry.secret(configuration) }
            let good = model.code(of: part.corp).flatMap { answered.contains($0) ? $0 : nil }
            if let good {
                if configuration.authorization != .authorized || code != good {
                    faults.append("\(part.history): \(configuration.authorization), though WeCom says authorized")
                }
            } else if configuration.isConnected || (code != nil && configuration.authorization != .revoked) {
                faults.append("\(part.history): \(configuration.authorization), though WeCom says not authorized")
            }
            let lost = answered.subtracting(kept[part.corp] ?? [])
            if !lost.isEmpty { faults.append("\(part.history): \(lost.count) codes were lost") }
        }
        return faults
    }

    /// Every permanent code that is kept, by enterprise.
    private func keptCodes() async throws -> [String: Set<String>] {
        let rows = try await registry.database.run(
            "select id, corp_id, permanent_code from registry.grants where permanent_code is not null"
        )
        return try rows.reduce(into: [:]) { codes, row in
            let (id, corp, sealed) = try row.decode(GrantID.self, String.self, String.self)
            let secret = try TestRegistry.sealingKeys.open(SealedSecret(sealed), context: GrantStore.context(id))
            codes[corp, default: []].insert(secret.withValue { $0 })
        }
    }

    /// A registry has taken up part of the work and was killed: for now nobody else gets it.
    func kill(share: Double) async throws {
        for (table, condition) in [("grants", "done_at is null"), ("corp_authorizations", "true")] as [(String, SQL)] {
            try await registry.database.run(
                """
                update \(identifier: "registry", table)
                set claimed_by = 'killed', claimed_until = now() + interval '30 seconds', attempts = attempts + 1
                where random() < \(share) and \(condition)
                """
            )
        }
    }

    /// The time of those who were killed is over.
    func expireLeases() async throws {
        for table in ["grants", "corp_authorizations"] {
            try await registry.database.run(
                """
                update \(identifier: "registry", table) set claimed_until = now() - interval '1 second'
                where claimed_by = 'killed' and claimed_until is not null
                """
            )
        }
    }
}

/// Runs a test against one registry, or two on one database, and a WeCom that has a truth of its own.
func withGrantPlay(
    _ reset: WeComModel.Reset = .atExchange,
    tellsStateOfReset: Bool = true,
    registries: Int = 1,
    _ test: @escaping @Sendable (GrantPlay) async throws -> Void
) async throws {
    try await withProvider { registry, wecom in
        let model = WeComModel(reset: reset, tellsStateOfReset: tellsStateOfReset)
        wecom.follow(model)
        try await registry.push(Provider.suiteTicket("t"))
        let others = try (1..<registries).map { _ in try registry.another() }
        try await test(GrantPlay(registry: registry, model: model, others: others))
    }
}
