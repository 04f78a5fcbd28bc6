/// How often a field could not be taken in a run, and of whom, without values.
public struct FieldReport: Codable, Equatable, Sendable {
    /// Objects that are named, at most.
    public static let namedObjects = 20

    /// Of which kind the objects are.
    public var objectKind: DirectoryObject.Kind
    /// WeCom's name of the field.
    public var field: String
    /// What was the matter.
    public var kind: FieldProblem.Kind
    /// How many objects.
    public var count: Int
    /// The first of them.
    public var objects: [String]

    /// All of it at once.
    public init(
        objectKind: DirectoryObject.Kind,
        field: String,
        kind: FieldProblem.Kind,
        count: Int = 0,
        objects: [String] = []
    ) {
        self.objectKind = objectKind
        self.field = field
        self.kind = kind
        self.count = count
        self.objects = objects
    }
}
