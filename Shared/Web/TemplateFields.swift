import Mustache

/// What a template shows, its values by their names.
///
/// Mustache finds a value by reflecting all that surrounds its name, with every field of each, and a page asks for hundreds
/// of names. Here everything is reflected once.
struct TemplateFields: MustacheParent {
    private let whole: Any
    private let values: [String: Any]

    /// - Parameter whole: A struct whose fields a template names.
    init(of whole: Any) { self.init(whole, Mirror(reflecting: whole)) }

    private init(_ whole: Any, _ mirror: Mirror) {
        self.whole = whole
        var values: [String: Any] = [:]
        for case (let name?, let value) in mirror.children { values[name] = Self.shown(value) }
        self.values = values
    }

    func child(named name: String) -> Any? { values[name] }

    /// A struct as its fields, a list as its values, nothing for nil, and all else as it is.
    private static func shown(_ value: Any) -> Any? {
        // Most are texts; a cast looks through an optional.
        if let text = value as? String { return text }
        let mirror = Mirror(reflecting: value)
        return switch mirror.displayStyle {
        case .optional: mirror.children.first.flatMap { shown($0.value) }
        case .collection where !(value is [String]): mirror.children.compactMap { shown($0.value) }
        case .struct where !(value is any MustacheCustomRenderable): TemplateFields(value, mirror)
        default: value
        }
    }
}

/// A struct that is written by its own name, rather than one of its fields, is so as Mustache would write it.
extension TemplateFields: MustacheCustomRenderable {
    var renderText: String { String(describing: whole) }
    var isNull: Bool { false }
}
