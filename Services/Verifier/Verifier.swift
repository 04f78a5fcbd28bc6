@main
struct VerifierProgram {
    static func main() {}
}
