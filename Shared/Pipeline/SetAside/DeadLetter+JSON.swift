import Failures
import Kafka
import Messages
public import Runtime

extension DeadLetter {
    /// All that is known of it but its value, which may tell of persons.
    ///
    /// - Parameter settlements: What was done about it.
    public func json(_ settlements: [Settlement]) -> [String: JSON] {
        let headers = record.headers.map { header in
            JSON.array([.string(header.name), .string(String(decoding: header.value ?? [], as: UTF8.self))])
        }
        let settled = settlements.map { settlement in
            JSON.object([
                "as": .string(settlement.fate.rawValue), "at": .string(settlement.time.description),
                "operation": .string(settlement.operation),
            ])
        }
        var fields: [String: JSON] = [
            "code": .string(cause.code), "advice": .string(cause.sentence), "reason": .string(reason),
            "stage": .string(stage), "attempts": .integer(Int64(attempts)), "since": .string(firstSeen.description),
            "origin": .string("\(origin)"), "timesRedriven": .integer(Int64(timesRedriven)),
            "bytes": .integer(Int64(record.value?.count ?? 0)), "headers": .array(headers),
            "settlements": .array(settled),
        ]
        fields["obstacle"] = obstacle.map(JSON.string)
        return fields
    }
}
