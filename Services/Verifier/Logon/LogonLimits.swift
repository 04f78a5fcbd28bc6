import Egress
import Messages
import Postgres
import Sealing

/// Bounds what strangers have the verifier do, by where they come from and as whom they log on. All instances count
/// together, in `verifier.call_budgets`; what WeCom refuses of an enterprise's is counted by `OutsideBudget` besides.
///
/// People behind one address are many, and most of them mean well: only what nobody does who means well is counted by
/// address, and nothing that succeeds.
struct LogonLimits: Sendable {
    let database: Database
    private let windows: BudgetStore

    init(database: Database) {
        self.database = database
        windows = BudgetStore(database: database, schema: Migrations.schema)
    }

    /// What is counted.
    enum Matter: String, CaseIterable, Sendable {
        /// Enterprise IDs that nobody has, by address. There are 8·10¹⁴: at this rate nobody finds one by trying.
        case unknownEnterprise = "unknown-enterprise"
        /// Ways back from WeCom that come to nothing and that nobody in particular stands behind, by address.
        case strangeLogon = "strange-logon"
        /// Logons of one person, whatever comes of them.
        case account
        /// Sessions of one person that rest on what a browser remembers.
        case remembered
        /// Refusals that are kept for operators, by address.
        case diagnosisByAddress = "diagnosis-by-address"
        /// The same by identity provider.
        case diagnosisByProvider = "diagnosis-by-provider"
        /// People who are synchronised because they log on, by identity provider.
        case synchronization
        /// Requests that clients without a secret push, by address.
        case pushedRequest = "pushed-request"
        /// Devices that wait for clients without a secret, by address.
        case deviceAuthorization = "device-authorization"
        /// Codes that no device waits by, by address. There are 2.5·10¹⁰, and each counts for ten minutes.
        case unknownUserCode = "unknown-user-code"

        var rate: CallLimits.Rate {
            switch self {
            case .unknownEnterprise: .init(minute: 60, hour: 600)
            case .strangeLogon: .init(minute: 20, hour: 200)
            case .account: .init(minute: 20, hour: 200)
            case .remembered: .init(minute: 60, hour: 600)
            case .diagnosisByAddress: .init(minute: 60, hour: 600)
            case .diagnosisByProvider: .init(minute: 120, hour: 2_000)
            case .synchronization: .init(minute: 30, hour: 300)
            case .pushedRequest: .init(minute: 120, hour: 2_000)
            case .deviceAuthorization: .init(minute: 60, hour: 600)
            case .unknownUserCode: .init(minute: 20, hour: 200)
            }
        }
    }

    /// There were too many.
    struct TooMany: Error, Equatable, Sendable {
        let matter: Matter
        /// Seconds after which it may be tried again.
        let retryAfter: Int64
    }

    /// Asks whether one more would fit in, and writes nothing: a row where it does not.
    func checking(_ matter: Matter, of subject: some CustomStringConvertible) -> SQL {
        windows.spending(of: matter.rawValue, Self.counters(matter, subject))
    }

    /// - Parameter rows: What ``checking(_:of:)`` found.
    /// - Throws: ``TooMany``.
    static func check(_ matter: Matter, of subject: some CustomStringConvertible, _ rows: [Row]) throws {
        let full = try BudgetStore.spent(rows, counters(matter, subject))
        if let full { throw TooMany(matter: matter, retryAfter: seconds(full.wait)) }
    }

    /// Counts one.
    ///
    /// - Throws: ``TooMany`` where it does not fit in; `PostgresError`.
    func count(_ matter: Matter, of subject: some CustomStringConvertible) async throws {
        try Self.count(matter, await database.run(counting(matter, of: subject)))
    }

    /// The statement of ``count(_:of:)``.
    func counting(_ matter: Matter, of subject: some CustomStringConvertible) -> SQL {
        windows.taking(1, of: matter.rawValue, Self.counters(matter, subject))
    }

    /// - Parameter rows: What ``counting(_:of:)`` found.
    /// - Throws: ``TooMany``.
    static func count(_ matter: Matter, _ rows: [Row]) throws {
        if case .spent(let wait) = try BudgetStore.answer(rows) {
            throw TooMany(matter: matter, retryAfter: seconds(wait))
        }
    }

    /// Does what tells whether there is an enterprise. Whoever asked for too many that there are not is told nothing, of
    /// one that there is neither.
    func searching<Result>(
        from address: VisitorAddress,
        _ body: () async throws -> Result
    ) async throws -> Result {
        try await searching(from: address, reading: nil) { _ in try await body() }
    }

    /// As ``searching(from:_:)``, with something that is read in the same round trip.
    ///
    /// - Parameter body: Is given the rows.
    func searching<Result>(
        from address: VisitorAddress,
        reading further: SQL?,
        _ body: ([Row]) async throws -> Result
    ) async throws -> Result {
        do {
            let limit = checking(.unknownEnterprise, of: address)
            let answers = try await database.pipeline([limit] + (further.map { [$0] } ?? []))
            try Self.check(.unknownEnterprise, of: address, answers[0])
            do {
                return try await body(answers.count > 1 ? answers[1] : [])
            } catch let refusal as Refusal where refusal.reason == .unknownEnterprise {
                try await count(.unknownEnterprise, of: address)
                throw refusal
            }
        } catch let error as TooMany {
            throw Refusal(error)
        }
    }

    /// What a person is counted as, by their id in the directory or by what WeCom calls them.
    static func subject(_ name: some CustomStringConvertible, in identityProvider: IdentityProviderID) -> String {
        "account/" + Base64URL.encode(Array(Ticket.digest(of: "\(identityProvider)/\(name)").prefix(12)))
    }

    private static func counters(_ matter: Matter, _ subject: some CustomStringConvertible) -> [CallCounter] {
        CallCounter.pair("\(subject)", matter.rate)
    }

    private static func seconds(_ wait: Duration) -> Int64 { max(Int64((wait / .seconds(1)).rounded(.up)), 1) }
}

extension Refusal {
    /// Too many tries.
    init(_ error: LogonLimits.TooMany, configuration: IdentityProviderConfiguration? = nil) {
        self.init(.tooManyTries, configuration: configuration, detail: error.matter.rawValue)
        retryAfter = error.retryAfter
    }
}
