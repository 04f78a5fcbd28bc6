/// How far a service is behind on what it reads, as the registry shows it to operators.
struct GroupLag: Decodable, Sendable {
    struct Partition: Decodable, Sendable {
        let partition: Int
        let messages: Int
        let seconds: Double?
    }

    let group: String
    let topic: String
    let hasRead: Bool
    let messages: Int
    let seconds: Double?
    let partitions: [Partition]
}
