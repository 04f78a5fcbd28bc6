public import Hummingbird
import Runtime

/// How far a rebuild is, by GET; that one begins, by POST; and that it is taken back, by DELETE.
public struct RebuildRoutes<Subject: RebuildSubject, Context: RequestContext>: Sendable {
    /// Lets whoever may have it go on.
    public typealias Check = @Sendable (Request, Context) throws -> Void
    /// Answers as the service does elsewhere.
    public typealias Answer = @Sendable (RebuildStatus<Subject.Comparison>, HTTPResponse.Status) throws -> Response

    private let rebuilding: Rebuilding<Subject>
    private let check: Check
    private let answer: Answer

    /// - Parameters:
    ///   - rebuilding: What is asked for it.
    ///   - check: Throws a `Problem` for whoever may not.
    ///   - answer: Writes the status as JSON that no cache keeps.
    public init(_ rebuilding: Rebuilding<Subject>, check: @escaping Check, answer: @escaping Answer) {
        self.rebuilding = rebuilding
        self.check = check
        self.answer = answer
    }

    /// Adds all three at one path.
    public func add(to router: some RouterMethods<Context>, at path: RouterPath) {
        router.get(path) { request, context in
            try check(request, context)
            return try answer(await status(), .ok)
        }
        router.post(path) { request, context in
            try check(request, context)
            let wish = try await request.form(RebuildWish.form, context: context)
            try await rebuilding.begin(wish)
            return try answer(await status(), .accepted)
        }
        router.delete(path) { request, context in
            try check(request, context)
            try await rebuilding.takeBack()
            return try answer(await status(), .ok)
        }
    }

    private func status() async throws -> RebuildStatus<Subject.Comparison> {
        guard let status = try await rebuilding.status() else {
            throw Problem.notFound(rebuilding.subject.sentences.unasked)
        }
        return status
    }
}
