/**
 * What leaves the server because of a rehearsal carries this name, with the value `true`: an HTTP header of a request, an
 * attribute of a message. A Riposte that takes in what carries it marks as simulated what comes of it.
 */
export const SIMULATED_MARK = 'Riposte-Simulated';
