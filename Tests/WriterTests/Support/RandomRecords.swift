import Messages

@testable import Writer

/// Makes the same records for the same seed, with many that come again.
struct RandomRecords {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func number(_ limit: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(limit))
    }

    mutating func user() -> UserRecord {
        let status: [UserRecord.Status] = [.active, .active, .disabled, .left]
        return person("u\(number(8))", name: ["A", "B"][number(2)], status: status[number(4)])
    }

    /// Shows the run one object more.
    mutating func step(_ run: inout ActiveRun) {
        switch number(10) {
        case 0: run.judge(rejected: digest("u\(number(8))"))
        case 1: run.judge(rejectedDepartment: Int64(number(5)))
        case 2, 3: _ = run.judge(department(Int64(number(5)), ["X", "Y"][number(2)]))
        default:
            let user = user()
            _ = run.judge(user, key: digest(user.externalID))
        }
    }

    /// What a directory may hold before a run.
    mutating func index() -> (users: [ContentDigest: SourceIndex.Entry], departments: [Int64: SourceIndex.Entry]) {
        var users: [ContentDigest: SourceIndex.Entry] = [:]
        for _ in 0..<number(8) {
            let user = user()
            users[digest(user.externalID)] = stored(
                user.contentHash,
                isRemoved: number(4) == 0,
                isEnabled: user.isEnabledWhenNew
            )
        }
        var departments: [Int64: SourceIndex.Entry] = [:]
        for _ in 0..<number(5) {
            let record = department(Int64(number(5)), "X")
            departments[record.externalID] = stored(record.contentHash, isRemoved: number(4) == 0)
        }
        return (users, departments)
    }
}
