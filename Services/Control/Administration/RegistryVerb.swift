import ArgumentParser
import NIOHTTP1
import Runtime

/// A verb that asks the registry for something and prints what it answered.
protocol RegistryVerb: AsyncParsableCommand {
    var registry: RegistryOptions { get }

    /// Does it; nil where there is nothing to show.
    func answer(_ api: AdminAPI) async throws -> JSON?
}

extension RegistryVerb {
    func run() async throws { print(try await outcome(.process)) }

    /// Does it, and says what came of it.
    func outcome(_ environment: Environment) async throws -> String {
        guard let answer = try await answer(try registry.api(environment)) else { return "done" }
        return try answer.printed
    }
}

extension AdminAPI {
    /// All pages of a list.
    func all(_ path: String, _ query: [(name: String, value: String?)] = []) async throws -> JSON {
        var (items, cursor): ([JSON], String?) = ([], nil)
        repeat {
            let page = try await get(
                PercentEncoding.url(path, query + [("limit", "200"), ("cursor", cursor)])
            )
            guard case .object(let members) = page, case .array(let more) = members["items"] else { return page }
            items += more
            cursor = if case .string(let next) = members["nextCursor"] { next } else { nil }
        } while cursor != nil
        return .array(items)
    }

    /// Changes something as it is now: whoever is faster meanwhile makes this fail, and nothing is undone unseen.
    ///
    /// - Parameters:
    ///   - seen: Where it is read.
    ///   - path: What is sent to; nil for the same.
    func change(
        _ method: HTTPMethod,
        _ seen: String,
        to path: String? = nil,
        _ body: JSON? = nil
    ) async throws -> JSON? {
        let current = try await send(.GET, seen)
        return try await send(method, path ?? seen, body, headers: ["if-match": current.entityTag ?? "*"]).json
    }
}
