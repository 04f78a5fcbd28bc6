import Expressions

/// What a direct rule may take its value from: what WeCom's user has as a text or a number, and what the enterprise
/// added.
package enum DirectSource {
    /// Why a rule never gets a value from there, whoever the person is.
    package enum Fault: Equatable, Sendable {
        /// This code knows no such field of WeCom's; one that it knows may be meant.
        case unknown(nearest: String?)
        /// It is several values, or what expressions alone can ask for; the expression makes one text of it.
        case needsExpression(String)
        /// It is an object, or a list whose values say nothing by themselves.
        case noText
    }

    private static let names = WeComUser.Key.allCases.filter { $0.isText }.map(\.rawValue)

    /// What is the matter with a source as rules write it; nil where people can have a value there.
    package static func fault(of name: String) -> Fault? {
        switch ValueSource(name) {
        case nil:
            if let function = FunctionCatalogue.function(name), function.parameters.isEmpty {
                return .needsExpression(function.example.source)
            }
            return .unknown(nearest: Nearness.nearest(to: name, among: names))
        case .field(let key)? where !key.isText:
            return key.type == .list ? .needsExpression("first(\(name))") : .noText
        default: return nil
        }
    }
}
