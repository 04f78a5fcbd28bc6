/// What ``Scale`` has measured of one tenant.
struct ScaleFigures: Sendable {
    let users: Int
    let departments: Int
    let first: FirstSynchronization
    /// The whole database of the suite afterwards, in megabytes (10⁶ bytes).
    let databaseMegabytes: Double
    /// How many rows each partition of the largest tables has.
    let partitions: [PartitionedTable]
}
