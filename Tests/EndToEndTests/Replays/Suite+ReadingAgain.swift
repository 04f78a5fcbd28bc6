import Kafka
import Messages
import Postgres
import SuiteTesting

extension Suite {
    private static let patience = Duration.seconds(180)

    /// Has a service begin at the beginning of what it reads, and waits until it has come as far as it was.
    func readAgain(_ service: Service) async throws {
        let before = try await committed(by: service)
        _ = try await self[service].stop(within: .seconds(25))
        try await resetGroup(of: service.rawValue)
        switch service {
        case .writer: _ = try await query("delete from directory.partition_offsets")
        case .verifier: _ = try await query("delete from verifier.partition_offsets")
        default: break
        }
        try self[service].start()
        try await waitUntilReady(service)
        _ = try await waitFor("\(service.rawValue) where it was", within: Self.patience, every: .milliseconds(300)) {
            let now = try await committed(by: service)
            return before.allSatisfy { now[$0.key, default: 0] >= $0.value } ? true : nil
        }
    }

    /// Empties the directory, but for what it has still to tell, and waits until its log has made it anew.
    func rebuildDirectory() async throws {
        let before = try await committed(by: .writer)
        _ = try await self[.writer].stop(within: .seconds(25))
        _ = try await query(
            """
            truncate directory.deleted_objects, directory.partition_offsets, directory.runs, directory.sources, directory.users,
                directory.departments, directory.memberships, directory.pages, directory.missing, directory.losses,
                directory.copies, directory.former_users, directory.run_objects, directory.plans, directory.plan_objects,
                directory.planned_parts
            """
        )
        try self[.writer].start()
        try await waitUntilReady(.writer)
        for (place, offset) in before {
            let partition = place.partition
            _ = try await waitFor("the directory where it was", within: Self.patience, every: .milliseconds(300)) {
                let next = try await count(
                    "select coalesce(max(next_offset), 0) from directory.partition_offsets where partition = \(partition)"
                )
                return next >= offset ? true : nil
            }
        }
    }

    /// Has the verifier make its people anew from the topic, and put them in the place of those in use.
    func rebuildPrincipals() async throws {
        do {
            _ = try await answer(to: ["rebuild", "principals", "--switch", "--json"], within: .seconds(300))
        } catch let failure as SuiteFailure where failure.log.contains("\"doneAt\":\"") {
            // It came to its end, and some were refused: while a directory is told anew the topic does not have it whole.
        }
    }

    /// Has what a topic holds of an identity provider told again, and waits for the end of that run.
    ///
    /// - Parameter topic: Such as `wecom.records.v1`.
    func replay(_ connected: ConnectedTenant, from topic: String) async throws {
        try await control(
            "replay",
            "--idp",
            connected.provider.id,
            "--topic",
            topic,
            "--rate",
            "1000",
            "--why",
            "a test"
        )
    }

    /// Changes the rows of everybody who is there by hand, as no run does.
    func damageDirectory(of connected: ConnectedTenant) async throws {
        _ = try await query(
            """
            update directory.users set display_name = 'damaged', content_hash = ''
            where idp_id = \(connected.provider.id)::uuid and removed_at is null
            """
        )
    }

    private func committed(by service: Service) async throws -> [TopicPartition: Int64] {
        let group = namespace.group(service.rawValue)
        return try await withAdmin { try await $0.committedOffsets(group: group) }
    }
}
