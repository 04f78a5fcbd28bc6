import Messages
import Postgres
import SuiteTesting

/// Looks at all schemas again and again, and notes whatever must never be.
actor Watch {
    /// Between two looks; each asks PostgreSQL a handful of questions.
    private static let interval = Duration.milliseconds(250)

    private let field: Field
    private let sight: Sight
    private let removals: RemovalCheck
    private var positions = PositionCheck()
    private var tenancies: TenancyCheck
    private var sessions = SessionCheck()
    private let probes: SessionProbes
    private var resting: String?
    /// Looks that saw everything.
    private(set) var looks = 0
    /// Looks that PostgreSQL did not answer.
    private(set) var failures = 0

    init(_ field: Field, _ database: Database) {
        self.field = field
        sight = Sight(database: database)
        let providers = field.tenants.enumerated().map { ($1.provider.id.lowercased(), $0) }
        removals = RemovalCheck(tenants: Dictionary(uniqueKeysWithValues: providers), presence: field.presence)
        tenancies = TenancyCheck(tenants: Self.owners(in: field))
        probes = SessionProbes(field)
    }

    private static func owners(in field: Field) -> [String: String] {
        let tenants = field.tenants.map { ($0.provider.id.lowercased(), $0.tenant.id.lowercased()) }
        let forged = field.forgers.all.map { ($0.identityProvider.description, $0.tenant.description) }
        return Dictionary(tenants + forged) { $1 }
    }

    /// How often somebody who rested was looked at again.
    var comparisons: Int { tenancies.comparisons }

    /// Goes on until the task is cancelled.
    func work() async {
        while !Task.isCancelled {
            do {
                try await look()
                looks += 1
            } catch {
                failures += 1
            }
            try? await Task.sleep(for: Self.interval)
        }
    }

    /// Has a tenant watched of whom nobody wants anything, or nobody.
    func rest(_ tenant: Int?) {
        resting = tenant.map { field.tenants[$0].provider.id }
        tenancies.forget()
    }

    func look() async throws {
        let found = try await sight.positions()
        note(.olderStateSeen, positions.look(at: found))
        var asked = ContinuousClock.now
        let withoutAccess = try await sight.removals()
        note(.wrongRemovals, removals.look(at: withoutAccess, asked: asked))
        await probes.look(at: withoutAccess)
        let owners = try await sight.tenancies()
        note(.crossTenant, tenancies.look(at: owners))
        if let provider = resting, let content = try await sight.content(of: provider), resting == provider {
            note(.crossTenant, tenancies.look(at: [content]))
        }
        asked = .now
        let living = try await sight.lateSessions()
        for session in sessions.look(at: living, asked: asked) {
            note(.lateSessions, [(session, "its person may not log on any more")])
        }
        await probes.ask()
    }

    private func note(_ kind: Breach.Kind, _ found: [(subject: String, what: String)]) {
        for (subject, what) in found { field.breaches.note(kind, subject, what) }
    }
}
