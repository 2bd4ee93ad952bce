// The algebra (kernels) and the engine speak of one thing; its layout is documented where it is computed with.
export type { Memory } from '../../../kernels';
