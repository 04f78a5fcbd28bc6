import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import KafkaTesting
import Messages
import Postgres
import Testing

@testable import Writer

/// An answer of `runs/{run}/objects`.
struct RunObjectsAnswer: Decodable {
    struct Item: Decodable {
        var kind: String
        var externalID: String
        var userID: UUID?
        var change: String
        var reason: String?
        var hold: String?
        var before: Values?
        var after: Values?

        /// Of which nothing is asked but whether it is there.
        struct Values: Decodable {}

        /// `user ann removed leftCompany`
        var text: String { [kind, externalID, change, reason, hold].compactMap(\.self).joined(separator: " ") }
    }

    var items: [Item]
    var nextCursor: String?
}

extension WriterWorld {
    static let readers = (all: "key-that-sees-all-tenants", own: "key-of-the-first-tenant", other: "key-of-another-one")

    /// What the API answers to a tenant's key, or another one.
    func answer(
        _ path: String,
        of source: Source,
        key: String = WriterWorld.readers.own
    ) async throws -> (status: HTTPResponse.Status, bytes: Data) {
        let (all, own, other) = Self.readers
        let router = directoryRouter(
            DirectoryReading(database: database, historyDays: 180),
            Republications(republishing: republishing) {},
            readers: try DirectoryReaders("\(all),\(own)@\(source.tenant),\(other)@\(TenantID.make())")
        )
        return try await Application(router: router, logger: Broker.quiet).test(.router) { client in
            let headers: HTTPFields = [.authorization: "Bearer \(key)"]
            let response = try await client.execute(uri: "/api/v1/\(path)", method: .get, headers: headers)
            return (response.status, Data(response.body.readableBytesView))
        }
    }

    /// What a run did to which object, page by page.
    func objects(
        of run: RunID,
        _ source: Source,
        _ filter: String = "",
        limit: Int = 2
    ) async throws -> [RunObjectsAnswer.Item] {
        var items: [RunObjectsAnswer.Item] = []
        var cursor: String?
        repeat {
            let next = cursor.map { "&cursor=\($0)" } ?? ""
            let answer = try await answer("runs/\(run)/objects?limit=\(limit)\(filter)\(next)", of: source)
            try #require(answer.status == .ok)
            let page = try JSONDecoder().decode(RunObjectsAnswer.self, from: answer.bytes)
            #expect(page.items.count == limit || page.nextCursor == nil)
            items += page.items
            cursor = page.nextCursor
        } while cursor != nil && items.count < 1_000
        return items
    }
}

extension Story {
    /// What the run with that number did, page by page.
    func items(_ epoch: Int64, _ filter: String = "", limit: Int = 2) async throws -> [RunObjectsAnswer.Item] {
        let rows = try await world.strings(
            "select run_id::text from directory.runs where idp_id = \(source.id.uuid) and epoch = \(epoch)"
        )
        let run = try #require(rows.first.flatMap { RunID($0) })
        return try await world.objects(of: run, source, filter, limit: limit)
    }

    /// As ``items(_:_:limit:)``, a text for each.
    func objects(_ epoch: Int64, _ filter: String = "") async throws -> [String] {
        try await items(epoch, filter).map(\.text)
    }

    /// How many rows are kept of what runs did.
    func rowsOfRuns() async throws -> Int {
        try await world.strings("select object from directory.run_objects").count
    }
}
