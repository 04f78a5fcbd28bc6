import Egress
import Messages
import Postgres

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
        /// Refusals that are kept for operators, by address.
        case diagnosisByAddress = "diagnosis-by-address"
        /// The same by identity provider.
        case diagnosisByProvider = "diagnosis-by-provider"
        /// People who are synchronised because they log on, by identity provider.
        case synchronization
        /// Requests that clients without a secret push, by address.
        case pushedRequest = "pushed-request"

        var rate: CallLimits.Rate {
            switch self {
            case .unknownEnterprise: .init(minute: 60, hour: 600)
            case .strangeLogon: .init(minute: 20, hour: 200)
            case .account: .init(minute: 20, hour: 200)
            case .diagnosisByAddress: .init(minute: 60, hour: 600)
            case .diagnosisByProvider: .init(minute: 120, hour: 2_000)
            case .synchronization: .init(minute: 30, hour: 300)
            case .pushedRequest: .init(minute: 120, hour: 2_000)
            }
        }
    }

    /// There were too many.
    struct TooMany: Error, Equatable, Sendable {
        let matter: Matter
        /// Seconds after which it may be tried again.
        let retryAfter: Int64
    }

    /// Whether one more would fit in; nothing is written.
    ///
    /// - Throws: ``TooMany``; `PostgresError`.
    func check(_ matter: Matter, of subject: some CustomStringConvertible) async throws {
        try Self.check(matter, of: subject, await database.run(checking(matter, of: subject)))
    }

    /// The statement of ``check(_:of:)``: a row where one more does not fit in.
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
        do {
            try await check(.unknownEnterprise, of: address)
            do {
                return try await body()
            } catch let refusal as Refusal where refusal.reason == .unknownEnterprise {
                try await count(.unknownEnterprise, of: address)
                throw refusal
            }
        } catch let error as TooMany {
            throw Refusal(error)
        }
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
