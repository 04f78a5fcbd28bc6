import Foundation
import SuiteTesting
import Testing

/// Runs a suite as `withSuite` does, and has every answer that its services give judged by their OpenAPI documents, with
/// a reader that is not ours.
func withJudgedSuite<Value>(
    _ purpose: String,
    partitions: Int32 = 3,
    variables: [String: String] = [:],
    starting services: [Suite.Service] = Suite.Service.allCases,
    _ body: (Suite) async throws -> Value
) async throws -> Value {
    try await withSuite(purpose, partitions: partitions, variables: variables, starting: services) { suite in
        let answers = AnswerBook { suite.service(at: $0) }
        let result = await asyncResult { try await body(suite) }
        answers.close()
        try await judge(answers.take())
        return try result.get()
    }
}

private func judge(_ answers: [Subject]) async throws {
    let reader = try #require(
        ForeignReader(folder: FileManager.default.temporaryDirectory),
        "CONTRACTS_PYTHON and CONTRACTS_ROOT say who judges answers, as in compose/local test"
    )
    let breaches = Set(try await reader.judge(answers).map { "\($0.name): \($0.breach)" })
    for breach in breaches.sorted() { Issue.record("\(breach)") }
}
