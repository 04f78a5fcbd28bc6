import Messages

/// The safety limits as the API shows them: what has no limit is null, so that nobody takes it for left out.
struct SafetyLimitsView: Encodable, Sendable, Equatable {
    let limits: SafetyLimits

    init(_ limits: SafetyLimits) { self.limits = limits }

    private enum CodingKeys: CodingKey { case people, departments, policies, protectedUsers, graceDays, heldDays }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(LossLimitsView(limits: limits.people), forKey: .people)
        try container.encode(LossLimitsView(limits: limits.departments), forKey: .departments)
        try container.encode(limits.policies, forKey: .policies)
        try container.encode(limits.protectedUsers, forKey: .protectedUsers)
        try container.encode(limits.graceDays, forKey: .graceDays)
        try container.encode(limits.heldDays, forKey: .heldDays)
    }
}

private struct LossLimitsView: Encodable {
    let limits: LossLimits

    private enum CodingKeys: CodingKey { case perRun, perDay, perWeek, perMonth }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(limits.perRun, forKey: .perRun)
        try container.encode(limits.perDay, forKey: .perDay)
        try container.encode(limits.perWeek, forKey: .perWeek)
        try container.encode(limits.perMonth, forKey: .perMonth)
    }
}
