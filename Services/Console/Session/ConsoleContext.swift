import Hummingbird
import Web

/// What is known of a request while it is answered.
struct ConsoleContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Who is signed in.
    var session: Session?
    /// What the forms of the page carry.
    var formToken = ""
    /// The language of the page.
    var language = Language.chinese
    /// The form that was sent, once its token is checked.
    var form = FormFields("")

    init(source: Source) {
        coreContext = .init(source: source)
    }

    /// Larger forms are refused: the largest sensible one chooses among 30,000 departments.
    var maxUploadSize: Int { 512 << 10 }
}
