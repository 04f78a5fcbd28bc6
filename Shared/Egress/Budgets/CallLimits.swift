public import Runtime
public import WeCom

/// How many calls WeCom allows of one interface (`wecom.md` §6).
public struct CallLimits: Equatable, Sendable {
    /// In a clock minute, and in a clock hour.
    public struct Rate: Equatable, Sendable {
        /// In a clock minute.
        public var minute: Int
        /// In a clock hour.
        public var hour: Int

        /// - Parameters:
        ///   - minute: In a clock minute.
        ///   - hour: In a clock hour.
        public init(minute: Int, hour: Int) {
            self.minute = minute
            self.hour = hour
        }
    }

    /// Of one enterprise.
    public var corp = Rate(minute: 10_000, hour: 150_000)
    /// From one address, over all enterprises.
    public var address = Rate(minute: 20_000, hour: 600_000)
    /// What part of an enterprise's calls may go to asking for those whom runs missed.
    public var findingShare = 0.5

    /// WeCom's limits.
    public init() {}

    /// The counters that a call counts in.
    ///
    /// - Parameter address: The address that this program calls from, where the enterprise has no proxy of its own.
    public func counters(of call: BudgetedCall, from address: String) -> [CallCounter] {
        let address = call.proxy?.egressName ?? address
        var counters =
            CallCounter.pair("address/\(address)", self.address) + CallCounter.pair("corp/\(call.corp)", corp)
        if call.isFinding {
            let share = Rate(minute: part(of: corp.minute), hour: part(of: corp.hour))
            counters += CallCounter.pair("findings/\(call.corp)", share)
        }
        return counters
    }

    private func part(of limit: Int) -> Int { max(Int(Double(limit) * findingShare), 1) }
}

extension CallLimits {
    /// WeCom's limits are the defaults; a provider's address has twice as many (40000 and 1200000).
    public init(_ environment: Environment) throws {
        corp.minute = try environment.integer("FETCHER_CORP_CALLS_PER_MINUTE", default: corp.minute, in: 1...1_000_000)
        corp.hour = try environment.integer("FETCHER_CORP_CALLS_PER_HOUR", default: corp.hour, in: 1...10_000_000)
        address.minute = try environment.integer(
            "FETCHER_ADDRESS_CALLS_PER_MINUTE",
            default: address.minute,
            in: 1...1_000_000
        )
        address.hour = try environment.integer(
            "FETCHER_ADDRESS_CALLS_PER_HOUR",
            default: address.hour,
            in: 1...10_000_000
        )
    }
}

/// One of WeCom's windows, as all instances count in it.
public struct CallCounter: Equatable, Sendable {
    /// Whose calls, such as `corp/ww…`.
    public let subject: String
    /// How long it is.
    public let seconds: Int
    /// Calls of one interface in it, at most.
    public let limit: Int

    /// The minute's and the hour's.
    public static func pair(_ subject: String, _ rate: CallLimits.Rate) -> [CallCounter] {
        [
            CallCounter(subject: subject, seconds: 60, limit: rate.minute),
            CallCounter(subject: subject, seconds: 3_600, limit: rate.hour),
        ]
    }
}
