/// What WeCom says of one object that was asked for by itself.
public struct Finding: Codable, Equatable, Sendable {
    /// What it comes to; `Shared/WeCom` has the table of codes.
    public enum Answer: String, Codable, Equatable, Sendable, CaseIterable {
        /// WeCom has no such object, or does not show it to the app.
        case absent
        /// WeCom showed it; its record stands with the findings.
        case present
        /// WeCom did not say.
        case unknown
        /// WeCom does not let the app ask: who is missing in two whole runs is gone (architecture.md §3.5).
        case refused
    }

    /// Which object.
    public var object: DirectoryObject
    /// What WeCom says.
    public var answer: Answer
    /// WeCom's error code, if it gave one; of what is present the one by which it does not let the app ask for departments,
    /// and so whether it lies in the scope.
    public var code: Int?
    /// Whether what is present lies in the visible range and the scope now; absent where the scope is not of departments,
    /// or WeCom did not say.
    public var isInScope: Bool?

    /// - Parameters:
    ///   - object: Which object.
    ///   - answer: What WeCom says.
    ///   - code: WeCom's error code, if it gave one.
    ///   - isInScope: Whether it lies in the scope, as far as that is known.
    public init(_ object: DirectoryObject, _ answer: Answer, code: Int? = nil, isInScope: Bool? = nil) {
        self.object = object
        self.answer = answer
        self.code = code
        self.isInScope = isInScope
    }
}
