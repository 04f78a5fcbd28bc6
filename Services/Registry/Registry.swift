@main
struct RegistryProgram {
    static func main() {}
}
